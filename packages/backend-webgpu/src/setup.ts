import type { Choices } from './plan/choices.ts';
import type { Tuning } from './tune/tuning.ts';

/** What a backend is made of. */
export interface BackendSetup {
  readonly id: string;
  readonly gpu: GPU;
  /** What runs WebGPU: `Dawn (webgpu 0.6.2)`, `the browser`. */
  readonly engine: string;
  readonly limits: 'adapter' | 'default';
  /** Most bytes of weights in one binding; default: what the device binds. */
  readonly maxBindingBytes?: number;
  /** Most bytes of a linear layer's weight, counted as float32, that are on the host while it is written; default 4 MB. */
  readonly chunkBytes?: number;
  /** Which kernels run, whatever the adapter. */
  readonly choices?: Choices;
  /** Which kernels run on the adapter that it is for. */
  readonly tuning?: Tuning;
}
