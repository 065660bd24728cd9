import type { KernelBackend } from '@tensorflow/tfjs-core';
import { webgpuDownload } from './download.ts';
import type { EngineKind } from './engine.ts';
import { failed, importCore } from './import.ts';
import { maxPoolFloor } from './max-pool-floor.ts';
import { own } from './own.ts';

const PACKAGE = '@tensorflow/tfjs-backend-webgpu';

const importWebgpu = () => import('@tensorflow/tfjs-backend-webgpu').catch(failed);

/** Two of tfjs's programs for matrix products (its `MatMulProgramType`). */
const SMALL_OUTPUT = 2;
const PACKED = 3;

/** What this package uses of tfjs's WebGPU backend. */
type WebgpuBackend = KernelBackend & { readonly device: GPUDevice };

/** WebGPU, where `navigator.gpu` is. */
export const webgpu: EngineKind = {
  name: 'webgpu',
  backend: 'webgpu',
  package: PACKAGE,
  download: webgpuDownload,
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
  training: {
    convolutionInput: 'kernel',
    convolutionWeight: 'kernel',
    maxPool: 'turned',
    flags: { WEBGPU_MATMUL_PROGRAM_TYPE: PACKED },
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
    return { tf, device: `WebGPU on ${describe(adapter.info)}`, fallback: isSoftware(adapter.info) };
  },

  describe(tf, backend) {
    const { device } = backend as WebgpuBackend;
    return {
      engine: `${PACKAGE} ${tf.version_core}`,
      device: `WebGPU: ${describe(device.adapterInfo)}`,
      threads: 1,
      notes: isSoftware(device.adapterInfo) ? ['There is no GPU: a software adapter computes instead.'] : [],
    };
  },

  /** tfjs would get a buffer that is none, and compute zeros. */
  checkWeights(backend, weights) {
    const { maxBufferSize, maxStorageBufferBindingSize } = (backend as WebgpuBackend).device.limits;
    const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    const largest = weights.reduce((most, { size }) => Math.max(most, 4 * size), 0);
    if (largest > limit)
      throw new Error(`A weight of ${largest} bytes exceeds the limit of this device, ${limit} bytes`);
  },

  checked(backend, work) {
    const { device } = backend as WebgpuBackend;
    device.pushErrorScope('out-of-memory');
    device.pushErrorScope('validation');
    const verdicts: Promise<GPUError | null>[] = [];
    try {
      return { result: work(), verdict: Promise.resolve().then(() => throwFirst(verdicts)) };
    } finally {
      verdicts.push(device.popErrorScope(), device.popErrorScope());
    }
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

async function throwFirst(verdicts: readonly Promise<GPUError | null>[]): Promise<void> {
  for (const error of await Promise.all(verdicts)) if (error !== null) throw new Error(error.message);
}

/** Older browsers tell nothing, or less. */
function describe(info: Partial<GPUAdapterInfo> = {}): string {
  return [info.vendor, info.architecture].filter(Boolean).join(' ') || 'an adapter without a name';
}

function isSoftware(info: Partial<GPUAdapterInfo> = {}): boolean {
  return info.isFallbackAdapter ?? /swiftshader|llvmpipe/i.test(describe(info));
}
