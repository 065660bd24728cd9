import type { Call } from '../altered-backend.ts';
import { toFloat16 } from '../float16.ts';
import { at, attributes, type Fault, halfAccumulation, lastTerm, permuted, result, reweighted } from './fault.ts';

export const convolutionFaults: readonly Fault[] = [
  attributes('conv2d', 'top and bottom padding are swapped', 'op/conv2d/pad-top/random', ({ pads }) => ({
    pads: { ...pads, top: pads.bottom, bottom: pads.top },
  })),
  attributes('conv2d', 'left and right padding are swapped', 'op/conv2d/pad-left/random', ({ pads }) => ({
    pads: { ...pads, left: pads.right, right: pads.left },
  })),
  attributes(
    'conv2d',
    'the strides of rows and columns are swapped',
    'op/conv2d/as-conv1/random',
    ({ stride: [h, w] }) => ({ stride: [w, h] }),
  ),
  at('conv2d', 'the group of a channel is its number modulo groups', 'op/conv2d/two-groups/random', (call) => {
    const [channels, height, width] = call.input.shape as [number, number, number];
    const [plane, perGroup] = [height * width, channels / call.node.groups];
    return permuted(call, (i) => {
      const [image, c, p] = [Math.floor(i / (channels * plane)), Math.floor(i / plane) % channels, i % plane];
      return (image * channels + (c % perGroup) * call.node.groups + Math.floor(c / perGroup)) * plane + p;
    });
  }),
  at('conv2d', 'output channels are dealt out to groups in turn', 'op/conv2d/two-groups/random', (call) => {
    const [out] = call.output as [number];
    const plane = call.output[1]! * call.output[2]!;
    const right = call.evaluate();
    return result(right, (_, i) => {
      const [image, o, p] = [Math.floor(i / (out * plane)), Math.floor(i / plane) % out, i % plane];
      const from = (o % (out / call.node.groups)) * call.node.groups + Math.floor((o * call.node.groups) / out);
      return right.data[(image * out + from) * plane + p]!;
    });
  }),
  at('conv2d', 'the bias is dropped', 'op/conv2d/plain/random', ({ node: { bias: _bias, ...node }, evaluate }) =>
    evaluate({ node }),
  ),
  at('conv2d', 'the bias of the first channel is used for all', 'op/conv2d/plain/random', (call) =>
    reweighted(call, call.node.bias ?? call.node.weight, (value, _, shape) =>
      shape.length === 1 ? call.weights.get(call.node.bias!)!.data[0]! : value,
    ),
  ),
  at('conv2d', 'the last term of a sum is dropped', 'op/conv2d/long-sum/random', (call) =>
    reweighted(call, call.node.weight, (w, i, shape) => (lastTerm(i, shape) ? 0 : w)),
  ),
  at('conv2d', 'the first term of a sum is added twice', 'op/conv2d/long-sum/cancellation', (call) =>
    reweighted(call, call.node.weight, (w, i, shape) => (i % (shape[1]! * shape[2]! * shape[3]!) === 0 ? 2 * w : w)),
  ),
  at('conv2d', 'the kernel is flipped, as in a true convolution', 'op/conv2d/plain/random', (call) => {
    const { data } = call.weights.get(call.node.weight)!;
    return reweighted(call, call.node.weight, (_, i, [, , kh, kw]) => {
      const window = kh! * kw!;
      return data[Math.floor(i / window) * window + (window - 1 - (i % window))]!;
    });
  }),
  at('conv2d', 'input channels are reversed: BGR for RGB', 'op/conv2d/as-conv1/random', (call) => {
    const [channels, height, width] = call.input.shape as [number, number, number];
    return permuted(call, (i) => {
      const c = Math.floor(i / (height * width)) % channels;
      return i + (channels - 1 - 2 * c) * height * width;
    });
  }),
  at('conv2d', 'sums are kept in half precision', 'op/conv2d/long-sum/cancellation', (call) =>
    halfAccumulation(call as Call),
  ),
  at('conv2d', 'results are stored in half precision', 'op/conv2d/pointwise/random', (call) =>
    result(call.evaluate(), toFloat16),
  ),
  at('conv2d', 'weights are stored in half precision', 'op/conv2d/plain/random', (call) =>
    reweighted(call, call.node.weight, toFloat16),
  ),
];
