import type { Tensor } from '@alexnet/core';

/** An input with its mirror image as a second sample; ten crops have their mirror images already. */
export function viewsOf(input: Tensor): Tensor {
  const { shape, data } = input;
  if (shape[0] !== 1) return input;
  const width = shape.at(-1)!;
  const both = new Float32Array(2 * data.length);
  both.set(data);
  for (let row = 0; row < data.length; row += width) {
    both.set(data.subarray(row, row + width).toReversed(), data.length + row);
  }
  return { shape: [2, ...shape.slice(1)], data: both };
}
