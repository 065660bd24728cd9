import { type Shape, sizeOf } from '@alexnet/core';
import { type DataSet, dataSets } from '../data/data.ts';
import { uniform } from '../data/uniform.ts';

/*
 * Data for gradients beside those of the op database. What adds up to an output's gradient is drawn like an input.
 */

/** Whole numbers from -3 to 3. */
const whole = (shape: Shape, salt: string) => uniform(shape, salt, -3.5, 3.5).map((value) => Math.round(value));

export const gradientDataSets = {
  ...dataSets,
  /** Sums of products of few bits, exact in any order; and windows in which several values are largest. */
  whole: {
    title: 'whole numbers from -3 to 3',
    why: 'sums are exact in float32 in any order, so that any missing or repeated term shows; several values of a window are largest',
    kind: 'exact',
    fill: (_role, shape, salt) => whole(shape, salt),
  },
  /** One value for a whole channel: its variance is 0. */
  constantChannels: {
    title: 'channels of one value',
    why: 'the variance of the batch is 0, and epsilon alone is divided by',
    kind: 'adversarial',
    fill: (role, shape, salt) =>
      role === 'input' ? channelwise(shape, uniform([shape[1]!], salt)) : dataSets.random.fill(role, shape, salt),
  },
  /** Biases of 80 and -80, which logits follow. */
  confident: {
    title: 'logits of 80 and -80',
    why: 'exp of them overflows, and the logarithm of a probability that has vanished is minus infinity',
    kind: 'random',
    fill: (role, shape, salt) =>
      role === 'bias' ? uniform(shape, salt).map((x, i) => (i % 2 === 0 ? 80 : -80) + x) : uniform(shape, salt),
  },
} as const satisfies Record<string, DataSet>;

export type GradientDataSetName = keyof typeof gradientDataSets;

function channelwise(shape: Shape, values: Float32Array): Float32Array {
  const plane = sizeOf(shape.slice(2));
  return new Float32Array(sizeOf(shape)).map((_, i) => values[Math.floor(i / plane) % values.length]!);
}

/** The gradient of an output: of the kind of the other data where that is special, of the size of 1 elsewhere. */
export function outputGradient(data: DataSet, shape: Shape, salt: string): Float32Array {
  const { whole: small, thirds, tenths } = gradientDataSets;
  return data === small || data === thirds || data === tenths ? data.fill('input', shape, salt) : uniform(shape, salt);
}
