import { type Shape, sizeOf } from '@alexnet/core';
import { type DataSet, dataSets, type Role } from '../data/data.ts';
import { uniform } from '../data/uniform.ts';

/** Values for the tensors of a case, and which budget holds for them. */
export type SoundnessData = Pick<DataSet, 'kind' | 'fill'>;

type Fill = (shape: Shape, salt: string) => Float32Array;

const constantly = (value: number): SoundnessData => ({
  kind: 'adversarial',
  fill: (_role, shape) => new Float32Array(sizeOf(shape)).fill(value),
});

/** Random parameters of the size of 1, and a rule for the tensors named. */
const random = (kind: SoundnessData['kind'], fills: { readonly [K in Role]?: Fill }): SoundnessData => ({
  kind,
  fill: (role, shape, salt) => (fills[role] ?? ((s, t) => dataSets.random.fill(role, s, t)))(shape, salt),
});

const mapped =
  (value: (random: number, i: number, count: number) => number): Fill =>
  (shape, salt) =>
    uniform(shape, salt).map((x, i, all) => value(x, i, all.length));

/** Between 1/16 and 16, of either sign. */
const uneven = mapped((x) => Math.sign(x) * 2 ** (8 * Math.abs(x) - 4));

/** Between 2^-30 and 2^30, of either sign. */
const wide = mapped((x) => Math.sign(x) * 2 ** (60 * Math.abs(x) - 30));

/** The second half takes the first away again, but for some units in the last place. */
const cancelling: Fill = (shape, salt) => {
  const values = uniform(shape, salt);
  const terms = sizeOf(shape.slice(1));
  const half = Math.floor(terms / 2);
  return values.map((x, i) => (i % terms < half || half === 0 ? x : -values[i - half]! * (1 + x * 2 ** -20)));
};

/** What kernels are tried on: what networks have, and what is as bad as it gets. */
export const soundnessData = {
  random: dataSets.random,
  negative: dataSets.negative,
  large: dataSets.large,
  zeros: dataSets.zeros,
  positive: random('random', { input: mapped(Math.abs), weight: mapped(Math.abs) }),
  afterReLU: random('random', { input: mapped((x) => Math.max(0, x)) }),
  pixels: random('random', { input: mapped((x) => Math.round(128 * x)), weight: mapped((x) => x / 16) }),
  wideLogits: dataSets.wide,
  thirds: dataSets.thirds,
  tenths: constantly(0.1),
  fiftieths: constantly(0.02),
  alternating: random('adversarial', {
    input: mapped((_, i) => (i % 2 === 0 ? 1 : -1) / 3),
    weight: mapped(() => 0.1),
  }),
  wide: random('adversarial', { input: wide, weight: wide }),
  uneven: random('adversarial', { input: uneven, weight: uneven }),
  cancelling: random('adversarial', { input: mapped((x) => 1 + x * 2 ** -12), weight: cancelling }),
  dominated: random('adversarial', { input: mapped((x, i) => (i === 0 ? 3e5 : x / 64)) }),
  largeBias: random('adversarial', { bias: mapped((x) => 1000 + x), weight: mapped((x) => x / 64) }),
  ascending: random('adversarial', { input: mapped((_, i, count) => (i * 20) / count + 0.1) }),
  subnormal: random('adversarial', { input: mapped((x) => x * 2 ** -126), bias: mapped((x) => x * 2 ** -126) }),
  vanishing: random('adversarial', {
    input: mapped((x) => x * 2 ** -66),
    weight: mapped((x) => x * 2 ** -66),
    bias: mapped(() => 0),
  }),
  tinyVariance: dataSets.tinyVariance,
} as const satisfies Record<string, SoundnessData>;

export type SoundnessDataName = keyof typeof soundnessData;
