import type { NodeOf, Tensor } from '@alexnet/core';
import type { Alteration, Call } from '../altered-backend.ts';
import { average } from './average.ts';
import type { Dot } from './dots.ts';

export { type Dot, dots } from './dots.ts';

/*
 * Correct float32 kernels for convolution and linear layers, and for averages, that add up in different orders. The suite must pass all of them, always.
 */

/** A backend whose sums of products are those of `dot`. */
export function kernel(dot: Dot): Alteration {
  return {
    node: (call) => {
      const { op } = call.node;
      if (op === 'conv2d') return convolve(call as Call<NodeOf<'conv2d'>>, dot);
      if (op === 'linear') return multiply(call as Call<NodeOf<'linear'>>, dot);
      if (op === 'adaptiveAvgPool2d') {
        return average(call as Call<NodeOf<'adaptiveAvgPool2d'>>, (window, ones) => dot(window, ones, 0) / ones.length);
      }
      return undefined;
    },
  };
}

function multiply({ node, input, output, batch, weights }: Call<NodeOf<'linear'>>, dot: Dot): Tensor {
  const [out] = output as [number];
  const bias = node.bias === undefined ? undefined : weights.get(node.bias)!.data;
  const rows = slices(weights.get(node.weight)!.data, out);
  const samples = slices(Float32Array.from(input.data), batch);
  const data = new Float32Array(batch * out);
  for (let i = 0; i < data.length; i++)
    data[i] = dot(rows[i % out]!, samples[Math.floor(i / out)]!, bias?.[i % out] ?? 0);
  return { shape: [batch, out], data };
}

/** Takes dot products of windows, each copied into a row, and filters. */
function convolve(call: Call<NodeOf<'conv2d'>>, dot: Dot): Tensor {
  const { node, output, batch, weights } = call;
  const [out, rows, cols] = output as [number, number, number];
  const filters = slices(weights.get(node.weight)!.data, out);
  const bias = node.bias === undefined ? undefined : weights.get(node.bias)!.data;
  const windows = windowsOf(call);
  const plane = rows * cols;
  const data = new Float32Array(batch * out * plane);
  for (let i = 0; i < data.length; i++) {
    const o = Math.floor(i / plane) % out;
    const group = Math.floor(i / (plane * out)) * node.groups + Math.floor((o * node.groups) / out);
    data[i] = dot(filters[o]!, windows[group * plane + (i % plane)]!, bias?.[o] ?? 0);
  }
  return { shape: [batch, ...output], data };
}

/** Of every sample, group and place, what the filters are multiplied with. All kernels read the same ones: they are made once per call. */
function windowsOf(call: Call<NodeOf<'conv2d'>>): readonly Float32Array[] {
  const known = copied.get(call) ?? copyWindows(call);
  copied.set(call, known);
  return known;
}
const copied = new WeakMap<Call<NodeOf<'conv2d'>>, readonly Float32Array[]>();

function copyWindows({ node, input, output, batch, weights }: Call<NodeOf<'conv2d'>>): readonly Float32Array[] {
  const [, height, width] = input.shape as [number, number, number];
  const [, rows, cols] = output as [number, number, number];
  const [, perGroup, kh, kw] = weights.get(node.weight)!.shape as [number, number, number, number];
  const data = new Float32Array(batch * node.groups * rows * cols * perGroup * kh * kw);
  let at = 0;
  for (let n = 0; n < batch * node.groups; n++) {
    for (let p = 0; p < rows * cols; p++) {
      const top = Math.floor(p / cols) * node.stride[0] - node.pads.top;
      const left = (p % cols) * node.stride[1] - node.pads.left;
      for (let c = 0; c < perGroup; c++) {
        const plane = n * perGroup + c;
        for (let r = top; r < top + kh; r++) {
          for (let s = left; s < left + kw; s++, at++) {
            if (r >= 0 && r < height && s >= 0 && s < width) data[at] = input.data[(plane * height + r) * width + s]!;
          }
        }
      }
    }
  }
  return slices(data, batch * node.groups * rows * cols);
}

/** Data cut into so many parts of equal length. */
function slices(data: Float32Array, count: number): Float32Array[] {
  const length = data.length / count;
  return Array.from({ length: count }, (_, i) => data.subarray(i * length, (i + 1) * length));
}
