import { sizeOf, type Tensor } from '@alexnet/core';

/** Batches of `size` samples that rotate through the given single samples, so that no two runs in a row read the same input. */
export function rotateBatches(samples: readonly Tensor[], size: number): Tensor[] {
  const [first] = samples;
  if (first === undefined) throw new RangeError('no samples to make a batch of');
  const perSample = sizeOf(first.shape);
  return samples.map((_, start) => {
    const data = new Float32Array(size * perSample);
    for (let i = 0; i < size; i++) data.set(samples[(start + i) % samples.length]!.data, i * perSample);
    return { shape: [size, ...first.shape.slice(1)], data };
  });
}
