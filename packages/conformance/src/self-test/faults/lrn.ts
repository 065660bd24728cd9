import type { NodeOf, Tensor } from '@alexnet/core';
import type { Call } from '../altered-backend.ts';
import { toFloat16 } from '../float16.ts';
import { at, attributes, type Fault, permuted, result } from './fault.ts';

export const lrnFaults: readonly Fault[] = [
  attributes('lrn', 'alpha is not divided by size', 'op/lrn/caffe/random', ({ alpha, size }) => ({
    alpha: alpha * size,
  })),
  attributes('lrn', 'alpha is divided by size twice', 'op/lrn/paper/large', ({ alpha, size }) => ({
    alpha: alpha / size,
  })),
  attributes('lrn', 'k is 1 where it should be 2', 'op/lrn/paper/random', () => ({ bias: 1 })),
  attributes('lrn', 'alpha is read for beta', 'op/lrn/distinct/random', ({ alpha }) => ({ beta: alpha })),
  attributes('lrn', 'alpha is read for the bias', 'op/lrn/distinct/random', ({ alpha }) => ({ bias: alpha })),
  attributes('lrn', 'beta is always 3/4', 'op/lrn/distinct/random', () => ({ beta: 0.75 })),
  attributes('lrn', 'size is taken for a radius', 'op/lrn/caffe/large', ({ size, alpha }) => ({
    size: 2 * size + 1,
    alpha: (alpha * (2 * size + 1)) / size,
  })),
  attributes('lrn', 'the window lacks its last channel', 'op/lrn/distinct/random', ({ size, alpha }) => ({
    size: Math.max(1, size - 1),
    alpha: (alpha * Math.max(1, size - 1)) / size,
  })),
  at('lrn', 'an even window reaches down instead of up', 'op/lrn/even-size/random', (call) =>
    call.node.size % 2 === 0 ? reversedChannels(call) : undefined,
  ),
  at('lrn', 'the divisor is the number of channels in the window, not size', 'op/lrn/fewer-channels/random', (call) => {
    const [channels] = call.input.shape as [number];
    return call.evaluate({
      node: { ...call.node, alpha: (call.node.alpha * call.node.size) / Math.min(channels, call.node.size) },
    });
  }),
  at('lrn', 'squares are taken in half precision', 'op/lrn/caffe/large', (call) =>
    result(call.evaluate(), (value, i) => (Number.isFinite(toFloat16(call.input.data[i]! ** 2)) ? value : 0)),
  ),
];

function reversedChannels(call: Call<NodeOf<'lrn'>>): Tensor {
  const [channels, height, width] = call.input.shape as [number, number, number];
  const mirror = (i: number) => i + (channels - 1 - 2 * (Math.floor(i / (height * width)) % channels)) * height * width;
  const mirrored = permuted(call, mirror);
  return result(mirrored, (_, i) => mirrored.data[mirror(i)]!);
}
