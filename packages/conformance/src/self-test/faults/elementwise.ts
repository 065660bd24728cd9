import type { NodeOf, Tensor } from '@alexnet/core';
import type { Call } from '../altered-backend.ts';
import { toFloat16 } from '../float16.ts';
import { attributes, coordinates, type Fault, faultsOf, result, reweighted } from './fault.ts';

/** A kernel of its own, with the parameters of each value's channel, or of another. */
function normalised(
  { node, input, weights, batch }: Call<NodeOf<'batchNorm'>>,
  y: (x: number, p: { scale: number; bias: number; mean: number; variance: number }) => number,
  channelOf: (i: number) => number = (i) => coordinates(i, input.shape).channel,
): Tensor {
  const read = (name: string, c: number) => weights.get(name)!.data[c]!;
  const data = Float32Array.from(input.data, (x, i) => {
    const c = channelOf(i);
    return y(x, {
      scale: read(node.scale, c),
      bias: read(node.bias, c),
      mean: read(node.mean, c),
      variance: read(node.variance, c),
    });
  });
  return { shape: [batch, ...input.shape], data };
}

/** exp(x - max) over its sum, in float32, where elements are of one sum by a rule. */
function softmaxed(
  { input, batch }: Call<NodeOf<'softmax'>>,
  { sumOf, subtract }: { sumOf: (i: number) => number; subtract: boolean },
): Tensor {
  const max = new Map<number, number>();
  for (const [i, x] of input.data.entries())
    max.set(sumOf(i), Math.max(x, max.get(sumOf(i)) ?? Number.NEGATIVE_INFINITY));
  const powers = Float32Array.from(input.data, (x, i) => Math.exp(subtract ? x - max.get(sumOf(i))! : x));
  const sums = new Map<number, number>();
  for (const [i, e] of powers.entries()) sums.set(sumOf(i), Math.fround(e + (sums.get(sumOf(i)) ?? 0)));
  return { shape: [batch, ...input.shape], data: powers.map((e, i) => e / sums.get(sumOf(i))!) };
}

export const elementwiseFaults: readonly Fault[] = [
  ...faultsOf('relu', [
    {
      id: 'nan-lost',
      name: 'NaN becomes 0',
      caughtBy: 'image/special',
      change: (call) => result(call.evaluate(), (value) => (Number.isNaN(value) ? 0 : value)),
    },
    {
      id: 'missing',
      name: 'there is no ReLU',
      caughtBy: 'image/random',
      change: ({ input, batch }) => ({ shape: [batch, ...input.shape], data: Float32Array.from(input.data) }),
    },
    {
      id: 'leaky',
      name: 'negative values leak',
      caughtBy: 'image/random',
      cause: 'leaky-0.01',
      change: (call) =>
        result(call.evaluate(), (value, i) => (call.input.data[i]! < 0 ? 0.01 * call.input.data[i]! : value)),
    },
    {
      id: 'clamped-at-6',
      name: 'values are clamped at 6',
      caughtBy: 'image/signed',
      change: (call) => result(call.evaluate(), (value) => Math.min(6, value)),
    },
    {
      id: 'stored-in-half',
      name: 'results are stored in half precision',
      caughtBy: 'image/random',
      change: (call) => result(call.evaluate(), toFloat16),
    },
  ]),
  ...faultsOf('batchNorm', [
    {
      id: 'epsilon-after-root',
      name: 'epsilon is added after the root',
      caughtBy: 'flat/tinyVariance',
      change: (call) =>
        normalised(
          call,
          (x, { scale, bias, mean, variance }) =>
            (scale * (x - mean)) / (Math.sqrt(variance) + call.node.epsilon) + bias,
        ),
    },
    {
      id: 'epsilon-of-keras',
      name: "Keras's epsilon is used for all",
      caughtBy: 'image/random',
      cause: 'epsilon-is-0.001',
      change: attributes(() => ({ epsilon: 1e-3 })),
    },
    {
      id: 'epsilon-missing',
      name: 'epsilon is not added',
      caughtBy: 'image/tinyVariance',
      change: attributes(() => ({ epsilon: 0 })),
    },
    {
      id: 'mean-bias-swapped',
      name: 'mean and bias are swapped',
      caughtBy: 'image/random',
      change: attributes(({ mean, bias }) => ({ mean: bias, bias: mean })),
    },
    {
      id: 'variance-is-deviation',
      name: 'the variance is taken for a deviation',
      caughtBy: 'flat/random',
      change: (call) =>
        normalised(
          call,
          (x, { scale, bias, mean, variance }) => ((x - mean) / (variance + call.node.epsilon)) * scale + bias,
        ),
    },
    {
      id: 'bias-before-scale',
      name: 'the bias is added before the scale',
      caughtBy: 'image/random',
      change: (call) =>
        normalised(
          call,
          (x, { scale, bias, mean, variance }) => scale * ((x - mean) / Math.sqrt(variance + call.node.epsilon) + bias),
        ),
    },
    {
      id: 'channels-last',
      name: 'parameters go along the last axis',
      caughtBy: 'image/random',
      change: (call) =>
        normalised(
          call,
          (x, { scale, bias, mean, variance }) => (scale * (x - mean)) / Math.sqrt(variance + call.node.epsilon) + bias,
          (i) => i % call.input.shape[0]!,
        ),
    },
    {
      id: 'scale-squared',
      name: 'the scale is applied twice',
      caughtBy: 'image/random',
      cause: 'scale-twice',
      change: (call) => reweighted(call, call.node.scale, (s) => s * s),
    },
  ]),
  ...faultsOf('softmax', [
    {
      id: 'maximum-not-subtracted',
      name: 'the largest logit is not subtracted',
      caughtBy: 'batch/large',
      change: (call) => softmaxed(call, { sumOf: (i) => Math.floor(i / call.input.shape[0]!), subtract: false }),
    },
    {
      id: 'over-batch',
      name: 'the sum runs over the samples',
      caughtBy: 'batch/random',
      change: (call) => softmaxed(call, { sumOf: (i) => i % call.input.shape[0]!, subtract: true }),
    },
    {
      id: 'over-everything',
      name: 'the sum runs over the samples too',
      caughtBy: 'batch/random',
      change: (call) => softmaxed(call, { sumOf: () => 0, subtract: true }),
    },
    {
      id: 'log-softmax',
      name: 'logarithms are returned',
      caughtBy: 'batch/random',
      change: (call) => result(call.evaluate(), Math.log),
    },
    {
      id: 'stored-in-half',
      name: 'probabilities are stored in half precision',
      caughtBy: 'classes/random',
      change: (call) => result(call.evaluate(), toFloat16),
    },
  ]),
  ...faultsOf('dropout', [
    {
      id: 'scaled-up',
      name: 'values are scaled as in training',
      caughtBy: 'flat/random',
      change: (call) => result(call.evaluate(), (value) => value / (1 - call.node.rate)),
    },
    {
      id: 'scaled-down',
      name: 'values are multiplied with the rate of keeping',
      caughtBy: 'image/random',
      change: (call) => result(call.evaluate(), (value) => value * (1 - call.node.rate)),
    },
    {
      id: 'drops',
      name: 'values are dropped at inference',
      caughtBy: 'image/random',
      change: (call) => result(call.evaluate(), (value, i) => (i % 5 === 0 ? 0 : value)),
    },
  ]),
];
