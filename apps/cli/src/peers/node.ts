import { onnxPeers } from '@alexnet/backend-onnx';
import { tfjsPeers } from '@alexnet/backend-tfjs';
import { findDawn } from '@alexnet/backend-webgpu/node';
import { type BackendProvider, createRegistry, type Registry } from '@alexnet/core';
import { provideGpu } from './navigator-gpu.ts';

/** The peers that can be timed in Node. Those on WebGPU are written for browsers and look for `navigator.gpu`. */
export function allPeers(): Registry {
  return createRegistry([...onnxPeers(), ...tfjsPeers()].map((peer) => (onWebGpu(peer) ? withNavigator(peer) : peer)));
}

function onWebGpu({ id }: BackendProvider): boolean {
  return id.endsWith('webgpu');
}

/** The provider, which finds WebGPU where browsers have it. */
function withNavigator(provider: BackendProvider): BackendProvider {
  return {
    ...provider,
    async probe() {
      const dawn = await findDawn();
      if ('missing' in dawn) return { available: false, detail: dawn.missing, fix: dawn.fix };
      provideGpu(dawn.gpu);
      return provider.probe();
    },
  };
}
