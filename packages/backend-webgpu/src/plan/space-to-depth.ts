import type { Pair } from '@alexnet/core';
import type { Convolution } from './convolution.ts';
import type { Layout } from './layout.ts';

/** The blocks of pixels that a convolution is better done over, if any: those of its stride, when it reads few channels. */
export function blocksOf({ groups, perGroup, stride, kernel }: Convolution): Pair | undefined {
  const few = groups === 1 && perGroup <= 4;
  return few && stride[0] * stride[1] > 1 && kernel[0] >= stride[0] && kernel[1] >= stride[1] ? stride : undefined;
}

/**
 * The same convolution over blocks: each block of stride x stride pixels is one pixel with stride * stride * channels channels, the kernel is as
 * many blocks as it touches, and stride and padding are gone. Weights beyond the kernel are zero.
 */
export function blockConvolution(
  { kernel, out, perGroup, weight }: Convolution,
  x: Layout,
  y: Layout,
  [blockRows, blockCols]: Pair,
): { readonly convolution: Convolution; readonly layout: Layout } {
  const taps: Pair = [Math.ceil(kernel[0] / blockRows), Math.ceil(kernel[1] / blockCols)];
  const channels = blockRows * blockCols * x.channels;
  const blocked = new Float32Array(out * channels * taps[0] * taps[1]);
  for (let at = 0; at < weight.length; at++) {
    const v = at % kernel[1];
    const u = Math.floor(at / kernel[1]) % kernel[0];
    const c = Math.floor(at / (kernel[0] * kernel[1])) % perGroup;
    const o = Math.floor(at / (kernel[0] * kernel[1] * perGroup));
    const channel = ((u % blockRows) * blockCols + (v % blockCols)) * x.channels + c;
    const tap = Math.floor(u / blockRows) * taps[1] + Math.floor(v / blockCols);
    blocked[(o * channels + channel) * taps[0] * taps[1] + tap] = weight[at]!;
  }
  return {
    convolution: {
      kernel: taps,
      stride: [1, 1],
      pads: { top: 0, left: 0 },
      groups: 1,
      out,
      perGroup: channels,
      weight: blocked,
    },
    layout: {
      channels,
      height: y.height + taps[0] - 1,
      width: y.width + taps[1] - 1,
      vectors: Math.ceil(channels / 4),
    },
  };
}
