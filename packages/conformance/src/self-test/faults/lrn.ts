import type { NodeOf, Tensor } from '@alexnet/core';
import type { Call } from '../altered-backend.ts';
import { toFloat16 } from '../float16.ts';
import { attributes, coordinates, type Fault, faultsOf, permuted, result } from './fault.ts';

type Lrn = Call<NodeOf<'lrn'>>;

/** A kernel of its own: each value adds its square to all that it is a neighbour of. `reach`: how far down and up from a channel its window goes. */
export function spread(
  call: Lrn,
  {
    reach,
    axis = 'channel',
    square = (x) => x * x,
    divisor = 'size',
  }: {
    reach?: readonly [number, number];
    axis?: 'channel' | 'col';
    square?: (x: number) => number;
    divisor?: 'size' | 'existing';
  } = {},
): Tensor {
  const { node, input, batch } = call;
  const [channels, height, width] = input.shape as [number, number, number];
  const [below, above] = reach ?? [(node.size - 1) >> 1, node.size >> 1];
  const [step, extent] = axis === 'channel' ? [height * width, channels] : [1, width];
  const sums = new Float64Array(input.data.length);
  for (let i = 0; i < sums.length; i++) {
    const at = coordinates(i, input.shape)[axis];
    // this value is in the window of a value that is up to `above` before it, or `below` after it
    for (let to = Math.max(0, at - above); to <= Math.min(extent - 1, at + below); to++)
      sums[i + (to - at) * step]! += square(input.data[i]!);
  }
  const existing = (i: number) => {
    const at = coordinates(i, input.shape)[axis];
    return Math.min(extent - 1, at + above) - Math.max(0, at - below) + 1;
  };
  const data = Float32Array.from(
    input.data,
    (x, i) => x * (node.bias + (node.alpha * sums[i]!) / (divisor === 'size' ? node.size : existing(i))) ** -node.beta,
  );
  return { shape: [batch, channels, height, width], data };
}

export const lrnFaults: readonly Fault[] = faultsOf('lrn', [
  {
    id: 'alpha-not-divided',
    name: 'alpha is not divided by size',
    caughtBy: 'caffe/random',
    change: attributes(({ alpha, size }) => ({ alpha: alpha * size })),
  },
  {
    id: 'alpha-divided-twice',
    name: 'alpha is divided by size twice',
    caughtBy: 'paper/large',
    change: attributes(({ alpha, size }) => ({ alpha: alpha / size })),
  },
  {
    id: 'k-is-1',
    name: 'k is 1 where it should be 2',
    caughtBy: 'paper/random',
    cause: 'bias-is-1',
    change: attributes(() => ({ bias: 1 })),
  },
  {
    id: 'k-is-2',
    name: 'k is 2 where it should be 1',
    caughtBy: 'caffe/random',
    cause: 'bias-is-2',
    change: attributes(() => ({ bias: 2 })),
  },
  {
    id: 'alpha-read-for-beta',
    name: 'alpha is read for beta',
    caughtBy: 'distinct/random',
    change: attributes(({ alpha }) => ({ beta: alpha })),
  },
  {
    id: 'alpha-read-for-bias',
    name: 'alpha is read for the bias',
    caughtBy: 'distinct/random',
    change: attributes(({ alpha }) => ({ bias: alpha })),
  },
  {
    id: 'beta-is-0.75',
    name: 'beta is always 3/4',
    caughtBy: 'distinct/random',
    change: attributes(() => ({ beta: 0.75 })),
  },
  {
    id: 'size-is-radius',
    name: 'size is taken for a radius',
    caughtBy: 'caffe/large',
    change: (call) => spread(call, { reach: [call.node.size, call.node.size] }),
  },
  {
    id: 'window-without-last-channel',
    name: 'the window lacks its last channel',
    caughtBy: 'many-channels/random',
    change: (call) => spread(call, { reach: [(call.node.size - 1) >> 1, Math.max(0, (call.node.size >> 1) - 1)] }),
  },
  {
    id: 'window-without-first-channel',
    name: 'the window lacks its first channel',
    caughtBy: 'many-channels/random',
    change: (call) => spread(call, { reach: [Math.max(0, ((call.node.size - 1) >> 1) - 1), call.node.size >> 1] }),
  },
  {
    id: 'window-over-columns',
    name: 'the window lies along the columns',
    caughtBy: 'caffe/random',
    change: (call) => spread(call, { axis: 'col' }),
  },
  {
    id: 'even-window-reversed',
    name: 'an even window reaches down instead of up',
    caughtBy: 'even-size/random',
    change: (call) => (call.node.size % 2 === 0 ? reversedChannels(call) : undefined),
  },
  {
    id: 'divisor-is-channels',
    name: 'the divisor is the number of channels, not size',
    caughtBy: 'fewer-channels/random',
    cause: 'divisor-is-clipped',
    change: ({ input, node, evaluate }) =>
      evaluate({ node: { ...node, alpha: (node.alpha * node.size) / Math.min(input.shape[0]!, node.size) } }),
  },
  {
    id: 'divisor-is-clipped',
    name: 'the divisor is the number of channels in the window',
    caughtBy: 'distinct/random',
    change: (call) => spread(call, { divisor: 'existing' }),
  },
  {
    id: 'squares-in-half',
    name: 'squares are taken in half precision',
    caughtBy: 'caffe/large',
    change: (call) => spread(call, { square: (x) => toFloat16(x * x) }),
  },
]);

function reversedChannels(call: Lrn): Tensor {
  const [channels, height, width] = call.input.shape as [number, number, number];
  const mirror = (i: number) => i + (channels - 1 - 2 * coordinates(i, call.input.shape).channel) * height * width;
  const mirrored = permuted(call, mirror);
  return result(mirrored, (_, i) => mirrored.data[mirror(i)]!);
}
