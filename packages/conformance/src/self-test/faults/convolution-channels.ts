import { toFloat16 } from '../float16.ts';
import { coordinates, type Fault, faultsOf, lastTerm, permuted, result, reweighted, termOf } from './fault.ts';
import { halfSums } from './half-sums.ts';

/** Groups, channels, biases, terms and bits. */
export const convolutionChannelFaults: readonly Fault[] = faultsOf('conv2d', [
  {
    id: 'groups-interleaved',
    name: 'the group of a channel is its number modulo groups',
    caughtBy: 'two-groups/random',
    change(call) {
      const [channels] = call.input.shape as [number];
      const perGroup = channels / call.node.groups;
      return permuted(call, (i) => {
        const { channel: c } = coordinates(i, call.input.shape);
        const plane = call.input.shape[1]! * call.input.shape[2]!;
        return i + ((c % perGroup) * call.node.groups + Math.floor(c / perGroup) - c) * plane;
      });
    },
  },
  {
    id: 'output-groups-interleaved',
    name: 'output channels are dealt out to groups in turn',
    caughtBy: 'two-groups/random',
    change(call) {
      const [out] = call.output as [number];
      const plane = call.output[1]! * call.output[2]!;
      const right = call.evaluate();
      return result(right, (_, i) => {
        const { channel: o } = coordinates(i, call.output);
        const from = (o % (out / call.node.groups)) * call.node.groups + Math.floor((o * call.node.groups) / out);
        return right.data[i + (from - o) * plane]!;
      });
    },
  },
  {
    id: 'groups-read-first-channels',
    name: 'every group reads the channels of the first',
    caughtBy: 'two-groups/random',
    change(call) {
      const [channels, height, width] = call.input.shape as [number, number, number];
      const perGroup = channels / call.node.groups;
      return permuted(call, (i) => {
        const { channel: c } = coordinates(i, call.input.shape);
        return i + ((c % perGroup) - c) * height * width;
      });
    },
  },
  {
    id: 'groups-share-weights',
    name: 'every group uses the weights of the first',
    caughtBy: 'two-groups/random',
    change(call) {
      const { data } = call.weights.get(call.node.weight)!;
      return reweighted(call, call.node.weight, (_, i) => data[i % (data.length / call.node.groups)]!);
    },
  },
  {
    id: 'bias-dropped',
    name: 'the bias is dropped',
    caughtBy: 'plain/random',
    change: ({ node: { bias: _bias, ...node }, evaluate }) => evaluate({ node }),
  },
  {
    id: 'bias-doubled',
    name: 'the bias is added twice',
    caughtBy: 'plain/random',
    change: (call) => (call.node.bias === undefined ? undefined : reweighted(call, call.node.bias, (b) => 2 * b)),
  },
  {
    id: 'bias-of-first-channel',
    name: 'the bias of the first channel is used for all',
    caughtBy: 'plain/random',
    change: (call) =>
      call.node.bias === undefined
        ? undefined
        : reweighted(call, call.node.bias, () => call.weights.get(call.node.bias!)!.data[0]!),
  },
  {
    id: 'last-term-dropped',
    name: 'the last term of a sum is dropped',
    caughtBy: 'long-sum/random',
    change: (call) => reweighted(call, call.node.weight, (w, i, shape) => (lastTerm(i, shape) ? 0 : w)),
  },
  {
    id: 'first-term-twice',
    name: 'the first term of a sum is added twice',
    caughtBy: 'plain/random',
    change: (call) =>
      reweighted(call, call.node.weight, (w, i, shape) => (i % (shape[1]! * shape[2]! * shape[3]!) === 0 ? 2 * w : w)),
  },
  {
    id: 'rest-of-channels-dropped',
    name: 'the channels after the last full vector of 4 are not read',
    caughtBy: 'channel-tails/random',
    change: (call) =>
      reweighted(call, call.node.weight, (w, i, shape) =>
        shape[1]! > 4 && termOf(i, shape).k >= shape[1]! - (shape[1]! % 4) ? 0 : w,
      ),
  },
  {
    id: 'last-tile-of-channels',
    name: 'output channels after the last full tile of 8 are not computed',
    caughtBy: 'channel-tails/random',
    cause: 'end-of-channels-not-computed',
    change: (call) =>
      result(call.evaluate(), (value, i) =>
        coordinates(i, call.output).channel < call.output[0]! - (call.output[0]! % 8) ? value : 0,
      ),
  },
  {
    id: 'last-tile-of-columns',
    name: 'columns after the last full tile of 24 are not computed',
    caughtBy: 'spatial-tails/random',
    cause: 'end-of-columns-not-computed',
    change: (call) =>
      result(call.evaluate(), (value, i) =>
        coordinates(i, call.output).col < Math.floor(call.output[2]! / 24) * 24 ? value : 0,
      ),
  },
  {
    id: 'kernel-flipped',
    name: 'the kernel is flipped, as in a true convolution',
    caughtBy: 'plain/random',
    change(call) {
      const { data } = call.weights.get(call.node.weight)!;
      return reweighted(call, call.node.weight, (_, i, [, , kh, kw]) => {
        const window = kh! * kw!;
        return data[Math.floor(i / window) * window + (window - 1 - (i % window))]!;
      });
    },
  },
  {
    id: 'weights-read-as-hwio',
    name: 'weights are read as HWIO',
    caughtBy: 'plain/random',
    change(call) {
      const { data } = call.weights.get(call.node.weight)!;
      return reweighted(call, call.node.weight, (_, i, shape) => {
        const { k, u, v } = termOf(i, shape);
        const o = Math.floor(i / (shape[1]! * shape[2]! * shape[3]!));
        return data[((u * shape[3]! + v) * shape[1]! + k) * shape[0]! + o]!;
      });
    },
  },
  {
    id: 'channels-reversed',
    name: 'input channels are reversed: BGR for RGB',
    caughtBy: 'as-conv1/random',
    change(call) {
      const [channels, height, width] = call.input.shape as [number, number, number];
      return permuted(call, (i) => i + (channels - 1 - 2 * coordinates(i, call.input.shape).channel) * height * width);
    },
  },
  {
    id: 'samples-mixed',
    name: 'the samples of a batch come out in reverse',
    caughtBy: 'pointwise/random',
    cause: 'samples-reversed',
    change(call) {
      const right = call.evaluate();
      const size = right.data.length / call.batch;
      return result(right, (_, i) => right.data[(call.batch - 1 - Math.floor(i / size)) * size + (i % size)]!);
    },
  },
  {
    id: 'nan-lost',
    name: 'NaN in a window is taken for 0',
    caughtBy: 'plain/oneNaN',
    cause: 'nan-input-lost',
    change: (call) => call.evaluate({ input: call.input.data.map((x) => (Number.isNaN(x) ? 0 : x)) }),
  },
  ...halfSums<'conv2d'>('long-sum/cancellation'),
  {
    id: 'stored-in-half',
    name: 'results are stored in half precision',
    caughtBy: 'pointwise/random',
    change: (call) => result(call.evaluate(), toFloat16),
  },
  {
    id: 'weights-in-half',
    name: 'weights are stored in half precision',
    caughtBy: 'plain/random',
    change: (call) => reweighted(call, call.node.weight, toFloat16),
  },
]);
