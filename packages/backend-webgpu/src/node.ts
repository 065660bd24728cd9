import { AlexNetError, type BackendProvider } from '@alexnet/core';
import { createBackend } from './backend.ts';
import { findDawn } from './node/dawn.ts';
import { probeGpu, type WebGpuOptions } from './provider.ts';

/**
 * Our kernels in Node, on Dawn through the npm package `webgpu`. Without a GPU they run on the software adapter whose driver is
 * in the npm package `@sparticuz/chromium` or in an installed Chromium.
 */
export function webgpuNodeProvider(options: Omit<WebGpuOptions, 'gpu' | 'engine'> = {}): BackendProvider {
  return {
    id: 'webgpu',
    async probe() {
      const dawn = await findDawn();
      if ('missing' in dawn) return { available: false, detail: dawn.missing, fix: dawn.fix };
      return probeGpu(dawn.gpu);
    },
    async create() {
      const dawn = await findDawn();
      if ('missing' in dawn) {
        throw new AlexNetError({ code: 'missing-dependency', message: dawn.missing, fix: dawn.fix });
      }
      return createBackend({ id: 'webgpu', gpu: dawn.gpu, engine: dawn.engine, limits: 'adapter', ...options });
    },
  };
}

export { findDawn } from './node/dawn.ts';
