import type { NodeOf, Pair, Tensor } from '@alexnet/core';
import type { Call } from '../altered-backend.ts';

interface Wrong {
  readonly strideOf?: (group: number) => Pair;
  /** By how much windows start too far down and to the right. */
  readonly down?: number;
  readonly across?: number;
  /** What is read outside the image: 0, the nearest pixel, or what memory holds there. */
  readonly outside?: 'zero' | 'edge' | 'memory';
}

/** A convolution of its own, weight by weight: each is multiplied with a whole plane of pixels and added to a plane of sums. */
export function scattered({ node, input, output, batch, weights }: Call<NodeOf<'conv2d'>>, wrong: Wrong): Tensor {
  const [channels, height, width] = input.shape as [number, number, number];
  const [out, rows, cols] = output as [number, number, number];
  const { shape, data: w } = weights.get(node.weight)!;
  const [, perGroup, kh, kw] = shape as [number, number, number, number];
  const { down = 0, across = 0, outside = 'zero', strideOf = () => node.stride } = wrong;
  const sums = new Float64Array(batch * out * rows * cols);
  const read = (plane: number, r: number, s: number): number => {
    if (r >= 0 && r < height && s >= 0 && s < width) return input.data[(plane * height + r) * width + s]!;
    if (outside === 'zero') return 0;
    if (outside === 'memory') return r < 0 || r >= height ? 0 : (input.data[(plane * height + r) * width + s] ?? 0);
    const [row, col] = [Math.min(Math.max(r, 0), height - 1), Math.min(Math.max(s, 0), width - 1)];
    return input.data[(plane * height + row) * width + col]!;
  };
  for (let at = 0; at < w.length; at++) {
    const o = Math.floor(at / (perGroup * kh * kw));
    const g = Math.floor((o * node.groups) / out);
    const [u, v] = [Math.floor(at / kw) % kh, at % kw];
    const [sh, sw] = strideOf(g);
    for (let n = 0; n < batch; n++) {
      const plane = n * channels + g * perGroup + (Math.floor(at / (kh * kw)) % perGroup);
      for (let p = 0; p < rows * cols; p++) {
        const r = Math.floor(p / cols) * sh + u - node.pads.top + down;
        const s = (p % cols) * sw + v - node.pads.left + across;
        sums[(n * out + o) * rows * cols + p]! += w[at]! * read(plane, r, s);
      }
    }
  }
  const bias = node.bias === undefined ? undefined : weights.get(node.bias)!.data;
  const data = Float32Array.from(sums, (sum, i) => sum + (bias?.[Math.floor(i / (rows * cols)) % out] ?? 0));
  return { shape: [batch, out, rows, cols], data };
}
