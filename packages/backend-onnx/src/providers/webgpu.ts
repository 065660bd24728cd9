import { AlexNetError, type BackendProvider, precisions } from '@alexnet/core';
import { createBackend } from '../runtime/backend.ts';
import type { Engine, OnnxRuntime } from '../runtime/engine.ts';
import { turnsOf } from '../runtime/turns.ts';
import { webGpuDownload } from './download.ts';
import { webGpuForm } from './form.ts';
import { load, tryEngine } from './load.ts';
import { type OnnxWebOptions, versionOf } from './web.ts';

const PACKAGE = 'onnxruntime-web';

/** ONNX Runtime on WebGPU: only where `navigator.gpu` is. Id `onnx-webgpu`. */
export function onnxWebGpuProvider({ runtime }: OnnxWebOptions = {}): BackendProvider {
  return {
    id: 'onnx-webgpu',
    download: webGpuDownload,
    async probe() {
      const found = await findWebGpu(runtime);
      if ('missing' in found) return { available: false, detail: found.missing, fix: found.fix };
      return {
        available: true,
        fallback: found.adapter.isFallbackAdapter === true,
        detail: `${versionOf(found.runtime)}, ${describe(found.adapter)}`,
      };
    },
    async create() {
      const found = await findWebGpu(runtime);
      if ('missing' in found)
        throw new AlexNetError({ code: 'missing-dependency', message: found.missing, fix: found.fix });
      return createBackend('onnx-webgpu', webGpuEngine(found));
    },
  };
}

/** What `GPUAdapterInfo` says of the adapter that runs. */
interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly isFallbackAdapter?: boolean;
}

export interface WebGpuFound {
  readonly runtime: OnnxRuntime;
  readonly adapter: Adapter;
}

/** The engine and the adapter that it would run on, or what is missing. */
export async function findWebGpu(
  own?: OnnxRuntime,
): Promise<WebGpuFound | { readonly missing: string; readonly fix: string }> {
  const { navigator } = globalThis as {
    navigator?: { gpu?: { requestAdapter(): Promise<{ readonly info: Adapter } | null> } };
  };
  const adapter = await navigator?.gpu?.requestAdapter();
  if (adapter === undefined || adapter === null) {
    return {
      missing: 'There is no WebGPU adapter here',
      fix: 'Use a browser with WebGPU on a machine with a GPU, on a page served over https or from localhost.',
    };
  }
  const runtime = own ?? (await load(PACKAGE, () => import('onnxruntime-web/webgpu')));
  if ('missing' in runtime) return runtime;
  const missing = await turnsOf(runtime.env)(() => tryEngine(runtime, { executionProviders: ['webgpu'] }));
  return missing === undefined
    ? { runtime, adapter: adapter.info }
    : { missing: `${PACKAGE} cannot use WebGPU: ${missing}`, fix: `Install it: npm install ${PACKAGE}` };
}

/** The WebGPU provider set up at its best. */
export function webGpuEngine({ runtime, adapter }: WebGpuFound): Engine {
  const fallback = adapter.isFallbackAdapter === true;
  return {
    runtime,
    name: versionOf(runtime),
    device: describe(adapter),
    fallback,
    threads: 1,
    notes: [
      'Nodes that the WebGPU provider does not have run in WebAssembly.',
      ...(fallback ? ['The browser offers no GPU: its own software adapter computes instead.'] : []),
    ],
    session: { executionProviders: ['webgpu'] },
    weightsInFiles: false,
    turns: turnsOf(runtime.env),
    precisions,
    form: webGpuForm,
  };
}

function describe({ vendor, architecture }: Adapter): string {
  return `WebGPU: ${[vendor, architecture].filter(Boolean).join(' ') || 'an adapter without a name'}`;
}
