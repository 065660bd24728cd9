import type { NodeOf, Tensor } from '@alexnet/core';
import type { Alteration, Call } from '../altered-backend.ts';

/*
 * Correct float32 kernels for convolution and linear layers that add up in different orders. The suite must pass all of them, always.
 */

/** Adds up terms a[i] * b[i] and a bias in float32. */
export type Dot = (a: Float32Array, b: Float32Array, bias: number) => number;

const { fround } = Math;

/** One accumulator that starts at `from` and takes every `step`-th term. */
function accumulate(a: Float32Array, b: Float32Array, from: number, start = 0, step = 1): number {
  let sum = from;
  for (let i = start; i >= 0 && i < a.length; i += step) sum = fround(sum + fround(a[i]! * b[i]!));
  return sum;
}

function lanes(count: number): Dot {
  return (a, b, bias) => {
    const sums = Array.from({ length: count }, (_, lane) => accumulate(a, b, 0, lane, count));
    return fround(sums.reduce((x, y) => fround(x + y)) + bias);
  };
}

function pairwise(a: Float32Array, b: Float32Array, from = 0, to = a.length): number {
  if (to - from === 1) return fround(a[from]! * b[from]!);
  const middle = (from + to) >> 1;
  return fround(pairwise(a, b, from, middle) + pairwise(a, b, middle, to));
}

export const dots: Readonly<Record<string, Dot>> = {
  'one accumulator, bias first': (a, b, bias) => accumulate(a, b, bias),
  'one accumulator, bias last': (a, b, bias) => fround(accumulate(a, b, 0) + bias),
  'from the last term to the first': (a, b, bias) => accumulate(a, b, bias, a.length - 1, -1),
  'a tree of pairs': (a, b, bias) => fround(pairwise(a, b) + bias),
  'eight lanes': lanes(8),
  '256 lanes': lanes(256),
  'fused multiply-add': (a, b, bias) => {
    let sum = bias;
    for (let i = 0; i < a.length; i++) sum = fround(sum + a[i]! * b[i]!);
    return sum;
  },
};

/** A backend whose convolution and linear layers use this dot product. */
export function kernel(dot: Dot): Alteration {
  return {
    node: (call) => {
      if (call.node.op === 'conv2d') return convolve(call as Call<NodeOf<'conv2d'>>, dot);
      if (call.node.op === 'linear') return multiply(call as Call<NodeOf<'linear'>>, dot);
      return undefined;
    },
  };
}

function multiply({ node, input, output, batch, weights }: Call<NodeOf<'linear'>>, dot: Dot): Tensor {
  const features = input.shape[0]!;
  const [out] = output as [number];
  const w = weights.get(node.weight)!.data;
  const bias = node.bias === undefined ? undefined : weights.get(node.bias)!.data;
  const data = new Float32Array(batch * out);
  for (let i = 0; i < data.length; i++) {
    const [n, o] = [Math.floor(i / out), i % out];
    const x = Float32Array.from(input.data.subarray(n * features, (n + 1) * features));
    data[i] = dot(w.subarray(o * features, (o + 1) * features), x, bias?.[o] ?? 0);
  }
  return { shape: [batch, out], data };
}

/** Copies each window into a row (im2col), then takes dot products. */
function convolve({ node, input, output, batch, weights }: Call<NodeOf<'conv2d'>>, dot: Dot): Tensor {
  const [channels, height, width] = input.shape as [number, number, number];
  const [out, rows, cols] = output as [number, number, number];
  const weight = weights.get(node.weight)!;
  const [, perGroup, kh, kw] = weight.shape as [number, number, number, number];
  const bias = node.bias === undefined ? undefined : weights.get(node.bias)!.data;
  const terms = perGroup * kh * kw;
  const data = new Float32Array(batch * out * rows * cols);
  for (let n = 0; n < batch; n++) {
    for (let g = 0; g < node.groups; g++) {
      for (let p = 0; p < rows * cols; p++) {
        const [i, j] = [Math.floor(p / cols), p % cols];
        const window = Float32Array.from({ length: terms }, (_, t) => {
          const c = g * perGroup + Math.floor(t / (kh * kw));
          const r = i * node.stride[0] + (Math.floor(t / kw) % kh) - node.pads.top;
          const s = j * node.stride[1] + (t % kw) - node.pads.left;
          const inside = r >= 0 && r < height && s >= 0 && s < width;
          return inside ? input.data[((n * channels + c) * height + r) * width + s]! : 0;
        });
        for (let o = (g * out) / node.groups; o < ((g + 1) * out) / node.groups; o++) {
          data[(n * out + o) * rows * cols + p] = dot(
            weight.data.subarray(o * terms, (o + 1) * terms),
            window,
            bias?.[o] ?? 0,
          );
        }
      }
    }
  }
  return { shape: [batch, out, rows, cols], data };
}
