import { onnxPeers, onnxWebGpuProvider, onnxWebProvider } from '@alexnet/backend-onnx';
import { tfjsPeers, tfjsProviders } from '@alexnet/backend-tfjs';
import { webgpuProvider } from '@alexnet/backend-webgpu';
import { type BackendProvider, referenceProvider } from '@alexnet/core';

/** Where the site serves the files of tfjs's WebAssembly. */
const wasmPath = '/tfjs/';

const nodeOnly = /^(onnxruntime-node|@tensorflow\/tfjs-node(-gpu)?)$/;

/** Every backend that can run in a page, fastest expected first. */
export function backendsIn(browser: string, limits: 'adapter' | 'default'): BackendProvider[] {
  return [
    webgpuProvider({ limits }),
    onnxWebGpuProvider(),
    onnxWebProvider(),
    ...tfjsProviders({ wasmPath }),
    referenceProvider(),
  ].map((provider) => inBrowser(provider, browser));
}

/** The peers that can run in a page. */
export function peersIn(browser: string): BackendProvider[] {
  return [...onnxPeers(), ...tfjsPeers({ wasmPath })]
    .filter(({ id }) => !nodeOnly.test(id))
    .map((provider) => inBrowser(provider, browser));
}

/** The provider, whose backends say in which browser they run: the same engine is another candidate there. */
function inBrowser(provider: BackendProvider, browser: string): BackendProvider {
  return {
    ...provider,
    async create(options) {
      const backend = await provider.create(options);
      const { engine } = backend.environment;
      return { ...backend, environment: { ...backend.environment, engine: `${engine} in ${browser}` } };
    },
  };
}
