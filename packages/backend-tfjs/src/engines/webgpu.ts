import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { EngineKind } from './engine.ts';
import { importCore } from './import.ts';
import { maxPoolFloor } from './max-pool-floor.ts';
import { own } from './own.ts';

const PACKAGE = '@tensorflow/tfjs-backend-webgpu';

const importWebgpu = () => import('@tensorflow/tfjs-backend-webgpu');

/** Two of tfjs's programs for matrix products (its `MatMulProgramType`). */
const SMALL_OUTPUT = 2;
const PACKED = 3;

/** What this package uses of tfjs's WebGPU backend. */
type WebgpuBackend = KernelBackend & { readonly device: GPUDevice; readonly adapterInfo: object };

/** WebGPU, where `navigator.gpu` is. */
export const webgpu: EngineKind = {
  name: 'webgpu',
  backend: 'webgpu',
  package: PACKAGE,
  form: {
    convolution: 'slices',
    linear: 'rows',
    lrn: 'operator',
    /**
     * For a few samples tfjs would add up parts of a product with atomics, in any order, so that no two runs give the same bits. The
     * packed program is for one sample many times as fast as well, with the weights in rows; for more, the one for small outputs is.
     */
    flags: (batch) => ({ WEBGPU_MATMUL_PROGRAM_TYPE: batch === 1 ? PACKED : SMALL_OUTPUT }),
  },
  deterministic: true,
  strictNonFinite: false,
  deviations: [maxPoolFloor],
  weightCopies: 1,
  memory: 'device',

  async find(given) {
    const { navigator } = globalThis as { navigator?: { gpu?: GPU } };
    const adapter = await navigator?.gpu?.requestAdapter().catch(() => null);
    if (adapter === undefined || adapter === null) {
      return {
        missing: 'There is no WebGPU adapter here',
        fix: 'Use a browser with WebGPU on a machine with a GPU, on a page served over https or from localhost.',
      };
    }
    const tf = given === undefined ? await importCore(PACKAGE, importWebgpu) : own(given, 'webgpu', PACKAGE);
    if ('missing' in tf) return tf;
    return { tf, device: `WebGPU on ${describe(adapter.info)}`, fallback: adapter.info.isFallbackAdapter };
  },

  describe(tf, backend) {
    const { device } = backend as WebgpuBackend;
    const fallback = device.adapterInfo.isFallbackAdapter;
    return {
      engine: `${PACKAGE} ${tf.version_core}`,
      device: `WebGPU: ${describe(device.adapterInfo)}`,
      threads: 1,
      notes: fallback ? ['There is no GPU: a software adapter computes instead.'] : [],
    };
  },

  afterStart(backend, lost) {
    void (backend as WebgpuBackend).device.lost.then(({ message, reason }) =>
      lost(message === '' ? `the WebGPU device was lost (${reason})` : message),
    );
  },

  /** What waits for a lost device fails before the loss is announced; that all work is done is announced after it. */
  settle(backend) {
    const { lost, queue } = (backend as WebgpuBackend).device;
    return Promise.race([lost, queue.onSubmittedWorkDone()]).catch(() => {});
  },

  giveUp(_tf, backend) {
    (backend as WebgpuBackend).device.destroy();
  },
};

function describe({ vendor, architecture }: GPUAdapterInfo): string {
  return [vendor, architecture].filter((part) => part !== '').join(' ') || 'an adapter without a name';
}
