import type { NodeOf } from '@alexnet/core';
import { imageOf, type Mistake, type MistakesOf } from '../mistake.ts';

type Node = NodeOf<'batchNorm'>;
interface Parameters {
  readonly x: number;
  readonly scale: number;
  readonly bias: number;
  readonly mean: number;
  readonly variance: number;
  readonly epsilon: number;
}

const FIX = 'y = (x - mean) / sqrt(variance + epsilon) * scale + bias, with the parameters of the channel.';

/** The right channel's parameters in another formula. */
const formula = (id: string, cause: string, f: (of: Parameters) => number, fix = FIX): Mistake<Node> => ({
  id,
  cause,
  fix,
  evaluate: ({ node, input, weights }) => {
    const [channels, height, width] = imageOf(input.shape);
    const [scale, bias, mean, variance] = [node.scale, node.bias, node.mean, node.variance].map(
      (name) => weights.get(name)!.data,
    );
    return {
      at(i) {
        const c = Math.floor(i / (height * width)) % channels;
        return f({
          x: input.data[i]!,
          scale: scale![c]!,
          bias: bias![c]!,
          mean: mean![c]!,
          variance: variance![c]!,
          epsilon: node.epsilon,
        });
      },
    };
  },
});

const withEpsilon = (value: number) =>
  formula(
    `epsilon-is-${value}`,
    `epsilon is always ${value}`,
    ({ x, scale, bias, mean, variance }) => ((x - mean) / Math.sqrt(variance + value)) * scale + bias,
    'Read epsilon from the node.',
  );

/** The parameters of another channel: that of element i of all. */
const misplaced = (
  id: string,
  cause: string,
  channelOf: (i: number, image: readonly [number, number, number]) => number,
): Mistake<Node> => ({
  id,
  cause,
  fix: 'The channel of element i is floor(i / (height * width)) modulo channels.',
  evaluate({ node, input, weights }) {
    const image = imageOf(input.shape);
    const [scale, bias, mean, variance] = [node.scale, node.bias, node.mean, node.variance].map(
      (name) => weights.get(name)!.data,
    );
    return {
      at(i) {
        const c = channelOf(i, image);
        return ((input.data[i]! - mean![c]!) / Math.sqrt(variance![c]! + node.epsilon)) * scale![c]! + bias![c]!;
      },
    };
  },
});

export const batchNormMistakes: MistakesOf<'batchNorm'> = [
  formula(
    'epsilon-after-root',
    'epsilon is added after the root',
    ({ x, scale, bias, mean, variance, epsilon }) => ((x - mean) / (Math.sqrt(variance) + epsilon)) * scale + bias,
  ),
  formula(
    'epsilon-missing',
    'epsilon is not added',
    ({ x, scale, bias, mean, variance }) => ((x - mean) / Math.sqrt(variance)) * scale + bias,
  ),
  formula(
    'epsilon-squared',
    'epsilon is squared, or added to the deviation before it is squared',
    ({ x, scale, bias, mean, variance, epsilon }) => ((x - mean) / Math.sqrt(variance + epsilon ** 2)) * scale + bias,
  ),
  withEpsilon(1e-3),
  withEpsilon(1e-5),
  formula(
    'mean-bias-swapped',
    'mean and bias are swapped',
    ({ x, scale, bias, mean, variance, epsilon }) => ((x - bias) / Math.sqrt(variance + epsilon)) * scale + mean,
  ),
  formula(
    'scale-bias-swapped',
    'scale and bias are swapped',
    ({ x, scale, bias, mean, variance, epsilon }) => ((x - mean) / Math.sqrt(variance + epsilon)) * bias + scale,
  ),
  formula(
    'mean-variance-swapped',
    'mean and variance are swapped',
    ({ x, scale, bias, mean, variance, epsilon }) => ((x - variance) / Math.sqrt(mean + epsilon)) * scale + bias,
  ),
  formula(
    'variance-is-deviation',
    'The variance is taken for a standard deviation',
    ({ x, scale, bias, mean, variance, epsilon }) => ((x - mean) / (variance + epsilon)) * scale + bias,
    'Divide by the root of variance + epsilon.',
  ),
  formula(
    'variance-squared',
    'The variance is squared',
    ({ x, scale, bias, mean, variance, epsilon }) => ((x - mean) / Math.sqrt(variance ** 2 + epsilon)) * scale + bias,
    'Divide by the root of variance + epsilon.',
  ),
  formula(
    'mean-dropped',
    'The mean is not subtracted',
    ({ x, scale, bias, variance, epsilon }) => (x / Math.sqrt(variance + epsilon)) * scale + bias,
  ),
  formula(
    'bias-dropped',
    'The bias is not added',
    ({ x, scale, mean, variance, epsilon }) => ((x - mean) / Math.sqrt(variance + epsilon)) * scale,
  ),
  formula(
    'scale-dropped',
    'The result is not multiplied with scale',
    ({ x, bias, mean, variance, epsilon }) => (x - mean) / Math.sqrt(variance + epsilon) + bias,
  ),
  formula(
    'bias-before-scale',
    'The bias is added before the multiplication with scale',
    ({ x, scale, bias, mean, variance, epsilon }) => ((x - mean) / Math.sqrt(variance + epsilon) + bias) * scale,
  ),
  formula(
    'mean-after-division',
    'The mean is subtracted after the division',
    ({ x, scale, bias, mean, variance, epsilon }) => (x / Math.sqrt(variance + epsilon) - mean) * scale + bias,
  ),
  formula(
    'scale-twice',
    'The result is multiplied with scale twice',
    ({ x, scale, bias, mean, variance, epsilon }) => ((x - mean) / Math.sqrt(variance + epsilon)) * scale ** 2 + bias,
  ),
  misplaced(
    'channels-last',
    'Parameters are taken along the last axis, not along the channels',
    (i, [channels]) => i % channels,
  ),
  misplaced(
    'next-channel',
    'Parameters are those of the next channel',
    (i, [channels, height, width]) => (Math.floor(i / (height * width)) + 1) % channels,
  ),
  misplaced('first-channel', 'The parameters of the first channel are used for all', () => 0),
];
