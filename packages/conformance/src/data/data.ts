import { type Shape, sizeOf } from '@alexnet/core';
import type { DataKind } from '../numerics/tolerance.ts';
import { bytes, nibbles, uneven } from './data-stored.ts';
import { uniform } from './uniform.ts';

/** What a tensor is to its node. */
export type Role = 'input' | 'weight' | 'bias' | 'scale' | 'mean' | 'variance';

/** A way to fill the tensors of a test. */
export interface DataSet {
  /** How the sentence that names a check calls it: "random data". */
  readonly title: string;
  /** What it finds that other data do not. */
  readonly why: string;
  readonly kind: DataKind;
  /** Only for backends that declare `strictNonFinite`. */
  readonly nonFinite?: true;
  /** Values for a tensor; `salt` makes tensors differ. Deterministic. */
  fill(role: Role, shape: Shape, salt: string): Float32Array;
}

/** Parameters that suit random inputs: variances are positive. */
const randomly = (role: Role, shape: Shape, salt: string) =>
  role === 'variance' ? uniform(shape, salt, 0.5, 1.5) : uniform(shape, salt);

const constantly = (shape: Shape, value: number) => new Float32Array(sizeOf(shape)).fill(value);

/** Random parameters, and a rule for the input. */
const onInput =
  (input: (shape: Shape, salt: string) => Float32Array): DataSet['fill'] =>
  (role, shape, salt) =>
    role === 'input' ? input(shape, salt) : randomly(role, shape, salt);

/** Random inputs with one odd value, away from the edges of the tensor. */
const withOne = (value: number) =>
  onInput((shape, salt) => {
    const data = uniform(shape, salt);
    data[Math.floor(data.length * 0.4)] = value;
    return data;
  });

const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
const SPECIAL = [
  Number.NaN,
  1,
  Number.POSITIVE_INFINITY,
  -0,
  -1,
  Number.NEGATIVE_INFINITY,
  0,
  MAX_FLOAT32,
  -MAX_FLOAT32,
];
const SIGNED = [-0, 1.5, 0, -1.5, MAX_FLOAT32, -MAX_FLOAT32, 2 ** -126, -(2 ** -126)];

export const dataSets = {
  random: { title: 'random data', why: 'every wrong index shows', kind: 'random', fill: randomly },
  negative: {
    title: 'negative data',
    why: 'padding that counts as 0 would win',
    kind: 'random',
    fill: onInput((shape, salt) => uniform(shape, salt, -2, -1)),
  },
  lowest: {
    title: 'the lowest float32',
    why: 'padding must be minus infinity, not some large negative number',
    kind: 'adversarial',
    fill: onInput((shape) => constantly(shape, -MAX_FLOAT32)),
  },
  large: {
    title: 'inputs up to 10,000',
    why: 'squares and exponentials leave the range of half precision and of exp',
    kind: 'random',
    fill: onInput((shape, salt) => uniform(shape, salt, -1e4, 1e4)),
  },
  wide: {
    title: 'inputs up to 40',
    why: 'large and vanishing exponentials stand side by side',
    kind: 'random',
    fill: onInput((shape, salt) => uniform(shape, salt, -40, 40)),
  },
  zeros: {
    title: 'zeros',
    why: 'nothing may be divided by a zero sum',
    kind: 'random',
    fill: onInput((shape) => constantly(shape, 0)),
  },
  thirds: {
    title: 'every number 1/3',
    why: 'all roundings fall on the same side: the worst case of a correct sum',
    kind: 'adversarial',
    fill: (_role, shape) => constantly(shape, 1 / 3),
  },
  tenths: {
    title: 'every number 0.1',
    why: 'a constant image: every product and every sum is rounded the same way',
    kind: 'adversarial',
    fill: (_role, shape) => constantly(shape, 0.1),
  },
  huge: {
    title: 'inputs up to 2^100',
    why: 'a value must not leave the range of float32 on the way, where neither it nor the result does',
    kind: 'random',
    fill: onInput((shape, salt) => uniform(shape, salt, -(2 ** 100), 2 ** 100)),
  },
  subnormal: {
    title: 'subnormal numbers among others',
    why: 'they may be flushed to zero, and must not become NaN or large, nor disturb their neighbours',
    kind: 'subnormal',
    fill: onInput((shape, salt) => uniform(shape, salt).map((x, i) => (i % 3 === 1 ? x * 2 ** -127 : x))),
  },
  /** Planes whose mean is exact in float32 in any order if they have a power of two of pixels, and lost in half precision. */
  cancelledMean: {
    title: 'means of 32768, whole numbers, -32768',
    why: 'the mean is exact in float32 in any order, and lost in half precision; a missing or repeated pixel shows',
    kind: 'exact',
    fill: onInput((shape) => {
      const pixels = sizeOf(shape.slice(2));
      return constantly(shape, 0).map((_, i) => {
        const at = i % pixels;
        return at === 0 ? 32768 : at === pixels - 1 ? -32768 : 1 + (Math.floor(i / pixels) % 3);
      });
    }),
  },
  /** Ones times 32768, 1, ..., 1, -32768: exact in float32 in any order, 0 in half precision; each missing or doubled term shows. */
  cancellation: {
    title: 'sums of 32768, 1, ..., 1, -32768',
    why: 'the sum is exact in float32 in any order, and lost in half precision; a missing or repeated term shows',
    kind: 'exact',
    fill(role, shape) {
      if (role !== 'weight') return constantly(shape, 1);
      const terms = sizeOf(shape.slice(1));
      return Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
        const term = i % terms;
        return term === 0 ? 32768 : term === terms - 1 ? -32768 : 1 + (Math.floor(i / terms) % 3);
      });
    },
  },
  bytes: {
    title: 'whole numbers from -127 to 127 times a power of two for each row',
    why: 'eight bits hold the weights exactly, so that a wrong sign, scale or rounding of any shows',
    kind: 'exact',
    fill: bytes,
  },
  nibbles: {
    title: 'whole numbers from -8 to 7 times a power of two for each block',
    why: 'four bits hold the weights exactly, so that a wrong nibble, scale or block shows',
    kind: 'exact',
    fill: nibbles,
  },
  uneven: {
    title: 'weights that are larger in some rows and blocks',
    why: 'scales of neighbours differ, and are no powers of two',
    kind: 'random',
    fill: uneven,
  },
  faint: {
    title: 'weights below 0.0001',
    why: 'weights or scales are subnormal in half precision, which must not make them zero',
    kind: 'random',
    fill: (role, shape, salt) => (role === 'weight' ? uniform(shape, salt, -1e-4, 1e-4) : uniform(shape, salt)),
  },
  tinyVariance: {
    title: 'variances below 0.001',
    why: 'epsilon decides the result: a wrong one, or one added after the root, shows',
    kind: 'random',
    fill: (role, shape, salt) => (role === 'variance' ? uniform(shape, salt, 0, 1e-3) : randomly(role, shape, salt)),
  },
  signed: {
    title: 'signed zeros and extreme numbers',
    why: 'moving data must keep every bit',
    kind: 'exact',
    fill: onInput((shape) => constantly(shape, 0).map((_, i) => SIGNED[i % SIGNED.length]!)),
  },
  special: {
    title: 'NaN and infinities',
    why: 'values that are not finite must go through as IEEE 754 says',
    kind: 'exact',
    nonFinite: true,
    fill: onInput((shape) => constantly(shape, 0).map((_, i) => SPECIAL[i % SPECIAL.length]!)),
  },
  oneNaN: {
    title: 'one NaN',
    why: 'NaN must reach what reads it, and nothing else',
    kind: 'random',
    nonFinite: true,
    fill: withOne(Number.NaN),
  },
  oneInfinity: {
    title: 'one infinity',
    why: 'an infinity must reach what reads it, and nothing else',
    kind: 'random',
    nonFinite: true,
    fill: withOne(Number.POSITIVE_INFINITY),
  },
  masked: {
    title: 'one logit of minus infinity',
    why: 'a masked class has probability 0 and disturbs no other',
    kind: 'random',
    nonFinite: true,
    fill: withOne(Number.NEGATIVE_INFINITY),
  },
} as const satisfies Record<string, DataSet>;

export type DataSetName = keyof typeof dataSets;
