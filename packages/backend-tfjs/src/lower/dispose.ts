import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';

/** Disposes tensors, also those of an engine that is gone: there, tfjs may throw, and nothing is left to free. */
export function disposeAll(tf: Tfjs, tensors: readonly Tensor[]): void {
  for (const tensor of tensors) {
    try {
      tf.dispose(tensor);
    } catch {
      // the engine went with all that it held
    }
  }
}
