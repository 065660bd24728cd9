import { AlexNetError, type BackendProvider } from '@alexnet/core';
import { createBackend } from './backend.ts';
import { type Dawn, findDawn } from './node/dawn.ts';
import { probeGpu, setUp, tuneWebGpu, type WebGpuOptions } from './provider.ts';
import type { TuneOptions } from './tune/tune.ts';
import type { Tuning } from './tune/tuning.ts';

/** WebGPU itself is Dawn. */
export type NodeOptions = Omit<WebGpuOptions, 'gpu' | 'engine'>;

/**
 * Our kernels in Node, on Dawn through the npm package `webgpu`. Without a GPU they run on the software adapter whose driver is
 * in the npm package `@sparticuz/chromium` or in an installed Chromium.
 */
export function webgpuNodeProvider(options: NodeOptions = {}): BackendProvider {
  return {
    id: 'webgpu',
    async probe() {
      const dawn = await findDawn();
      if ('missing' in dawn) return { available: false, detail: dawn.missing, fix: dawn.fix };
      return probeGpu(dawn.gpu);
    },
    async create() {
      const { gpu, engine } = await foundDawn();
      return createBackend(setUp(gpu, engine, options));
    },
  };
}

/** `tuneWebGpu` in Node. */
export async function tuneWebGpuInNode(options: NodeOptions & TuneOptions): Promise<Tuning> {
  return tuneWebGpu({ ...options, ...(await foundDawn()) });
}

async function foundDawn(): Promise<Extract<Dawn, { gpu: GPU }>> {
  const dawn = await findDawn();
  if ('gpu' in dawn) return dawn;
  throw new AlexNetError({ code: 'missing-dependency', message: dawn.missing, fix: dawn.fix });
}

export { type Dawn, findDawn } from './node/dawn.ts';
/** For what else is unpacked from the npm package that the software driver comes from. */
export { isPrivateFolder } from './node/private-folder.ts';
export { readTar } from './node/tar.ts';
