import { AlexNetError, type Availability, type BackendProvider } from '@alexnet/core';
import { type BackendSetup, createBackend } from './backend.ts';
import { describeAdapter } from './device/device.ts';
import { type TuneOptions, tune } from './tune/tune.ts';
import { checkTuning, type Tuning } from './tune/tuning.ts';

export interface WebGpuOptions {
  /** Default: `navigator.gpu`. */
  readonly gpu?: GPU;
  /** What runs WebGPU, for reports. */
  readonly engine?: string;
  /** `adapter` (default): as much as the adapter gives. `default`: only what WebGPU guarantees. */
  readonly limits?: 'adapter' | 'default';
  /** Most bytes of weights in one binding: larger weights are split. Default: what the device binds. */
  readonly maxBindingBytes?: number;
  /** Which kernels run, from `tuneWebGpu`. Default: a tuning that comes with the package, or by the kind of adapter. */
  readonly tuning?: Tuning;
}

/** Our kernels on the WebGPU that the page or the caller has. */
export function webgpuProvider({ gpu: given, engine = 'WebGPU', ...options }: WebGpuOptions = {}): BackendProvider {
  const find = () => given ?? (globalThis.navigator as Navigator | undefined)?.gpu;
  return {
    id: 'webgpu',
    download: { files: [], bytes: 0, gzipBytes: 0 }, // the browser has it
    probe: () => probeGpu(find()),
    async create() {
      return createBackend(setUp(find(), engine, options));
    },
  };
}

/** Finds out which kernels are fastest on this adapter; see `tune`. The result is JSON, to be kept and given as `tuning`. */
export function tuneWebGpu({ gpu, engine = 'WebGPU', ...options }: WebGpuOptions & TuneOptions): Promise<Tuning> {
  return tune(setUp(gpu ?? globalThis.navigator?.gpu, engine, options), options);
}

/** Errors: `missing-dependency` without WebGPU, `invalid-file` for a tuning of another version. */
export function setUp(
  gpu: GPU | undefined,
  engine: string,
  { limits = 'adapter', maxBindingBytes, tuning }: Omit<WebGpuOptions, 'gpu' | 'engine'>,
): BackendSetup {
  if (gpu === undefined) {
    const { detail: message, fix } = noWebGpu;
    throw new AlexNetError({ code: 'missing-dependency', message, fix });
  }
  return {
    id: 'webgpu',
    gpu,
    engine,
    limits,
    ...(maxBindingBytes === undefined ? {} : { maxBindingBytes }),
    ...(tuning === undefined ? {} : { tuning: checkTuning(tuning) }),
  };
}

const noWebGpu = {
  available: false,
  detail: 'There is no WebGPU here',
  fix: 'Use a browser with WebGPU, on a page served over https or from localhost; in Node, @alexnet/backend-webgpu/node.',
} as const;

/** Whether there is an adapter, and which. */
export async function probeGpu(gpu: GPU | undefined): Promise<Availability> {
  if (gpu === undefined) return noWebGpu;
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (adapter === null) {
    return {
      available: false,
      detail: 'There is no WebGPU adapter here',
      fix: 'Use a machine with a GPU, or a browser that may use a software adapter.',
    };
  }
  const { name, software } = describeAdapter(adapter);
  return { available: true, fallback: software, detail: `WebGPU on ${name}${software ? ', a software adapter' : ''}` };
}
