import { sizeOf, type Tensor } from '@alexnet/core';
import type { Workload } from './workload.ts';

/** A batch to run, and which samples it is made of. */
export interface Batch {
  readonly input: Tensor;
  readonly indices: readonly number[];
}

/** One batch of `size`, of the samples in turn, from `start` on. */
export function batchOf({ samples }: Pick<Workload, 'samples'>, size: number, start = 0): Batch {
  const [first] = samples;
  const length = sizeOf(first!.shape);
  const data = new Float32Array(size * length);
  const indices = Array.from({ length: size }, (_, i) => (start + i) % samples.length);
  for (const [i, index] of indices.entries()) data.set(samples[index]!.data, i * length);
  return { input: { shape: [size, ...first!.shape.slice(1)], data }, indices };
}

/** Batches of `size` that rotate through the samples of a workload, so that no two runs in a row read the same input. */
export function rotateBatches({ samples }: Pick<Workload, 'samples'>, size: number): Batch[] {
  return samples.map((_, start) => batchOf({ samples }, size, start));
}
