import type { NodeOf, Tensor } from '@alexnet/core';
import type { Call } from '../altered-backend.ts';

/** Averages each window as `mean` does, which gets as many ones as there are values. */
export function average(
  { input, output, batch }: Call<NodeOf<'adaptiveAvgPool2d'>>,
  mean: (window: Float32Array, ones: Float32Array) => number,
): Tensor {
  const [channels, height, width] = input.shape as [number, number, number];
  const [, rows, cols] = output as [number, number, number];
  const data = new Float32Array(batch * channels * rows * cols);
  const ones = new Float32Array(height * width).fill(1);
  const window = new Float32Array(height * width);
  for (let i = 0; i < data.length; i++) {
    const plane = Math.floor(i / (rows * cols));
    const [top, bottom] = bounds(Math.floor(i / cols) % rows, rows, height);
    const [left, right] = bounds(i % cols, cols, width);
    let count = 0;
    for (let r = top; r < bottom; r++)
      for (let c = left; c < right; c++) window[count++] = input.data[(plane * height + r) * width + c]!;
    data[i] = mean(window.subarray(0, count), ones.subarray(0, count));
  }
  return { shape: [batch, ...output], data };
}

function bounds(index: number, count: number, extent: number): readonly [number, number] {
  return [Math.floor((index * extent) / count), Math.ceil(((index + 1) * extent) / count)];
}
