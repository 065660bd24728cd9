import { sizeOf, type Tensor } from '@alexnet/core';
import * as fc from 'fast-check';
import type { Role } from '../data/data.ts';
import type { OpCase } from '../ops/case.ts';
import { randomCases, randomConvolution } from '../properties/arbitraries.ts';
import { opCaseOf, type RandomCase, type RandomCaseOf } from '../properties/random-case.ts';
import { type SoundnessDataName, soundnessData } from './soundness-data.ts';

/** One node on one set of data, as plain data. `number` makes tensors of equal shapes differ. */
export interface SoundnessCase {
  readonly random: RandomCase;
  readonly data: SoundnessDataName;
  readonly number: number;
  readonly seed: number;
}

const sums = [
  ...['random', 'negative', 'large', 'zeros', 'positive', 'afterReLU', 'pixels', 'thirds', 'tenths', 'fiftieths'],
  ...['alternating', 'wide', 'uneven', 'cancelling', 'dominated', 'largeBias', 'subnormal', 'vanishing'],
] as SoundnessDataName[];

/** What a running sum of squares has digits left for; `alpha` is large here, and small where data are. */
const lrnData = [
  'random',
  'negative',
  'zeros',
  'positive',
  'afterReLU',
  'thirds',
  'tenths',
  'fiftieths',
  'uneven',
  'subnormal',
] as const;

/** What is drawn: how often, what, and on which data. */
interface Share {
  readonly weight: number;
  readonly cases: fc.Arbitrary<RandomCase>;
  readonly data: readonly SoundnessDataName[];
}

/** Products that a case may take: so many that ten thousand cases take less than a minute with all kernels. */
const MOST_PRODUCTS = 16_000;
const MOST_ELEMENTS = 1500;

const convolutions = randomConvolution.filter((random) => products(random) <= MOST_PRODUCTS);
/** 3x3 windows that advance by 1, as Winograd's convolution needs. */
const small = fc
  .tuple(randomConvolution, fc.integer({ min: 3, max: 11 }), fc.integer({ min: 3, max: 11 }))
  .map(([random, height, width]) => ({
    ...random,
    input: [...random.input.slice(0, 2), height, width],
    weight: [...random.weight!.slice(0, 2), 3, 3],
    attributes: { ...random.attributes, stride: [1, 1] as const },
  }))
  .filter((random) => products(random) <= 2 * MOST_PRODUCTS);
/** Sums as long as those of the widest layers. */
const long = fc
  .record({ features: fc.integer({ min: 500, max: 9216 }), out: fc.integer({ min: 1, max: 3 }), bias: fc.boolean() })
  .map(
    ({ features, out, bias }): RandomCase => ({
      op: 'linear',
      input: [1, features],
      weight: [out, features],
      attributes: {},
      bias,
      data: 'random',
    }),
  );
const few = (random: RandomCase) => sizeOf(random.input) <= MOST_ELEMENTS;

const shares: readonly Share[] = [
  { weight: 6, cases: convolutions, data: sums },
  { weight: 4, cases: small, data: sums },
  {
    weight: 4,
    cases: randomCases.linear.filter((random) => sizeOf(random.weight!) * random.input[0]! <= MOST_PRODUCTS),
    data: sums,
  },
  { weight: 1, cases: long, data: sums },
  { weight: 2, cases: randomCases.adaptiveAvgPool2d.filter(few), data: sums },
  { weight: 2, cases: randomCases.lrn.filter(few), data: lrnData },
  { weight: 1, cases: randomCases.lrn.filter((random) => few(random) && random.data === 'large'), data: ['large'] },
  {
    weight: 3,
    cases: randomCases.softmax,
    data: ['random', 'wideLogits', 'ascending', 'large', 'thirds', 'zeros', 'dominated', 'cancelling', 'subnormal'],
  },
  {
    weight: 2,
    cases: randomCases.batchNorm.filter(few),
    data: ['random', 'tinyVariance', 'large', 'zeros', 'tenths', 'wide', 'largeBias', 'alternating'],
  },
];

/** So many random cases. Deterministic: the same seed gives the same ones everywhere. */
export function soundnessCases(count: number, seed: number): readonly SoundnessCase[] {
  const drawn = fc.oneof(
    ...shares.map(({ weight, cases, data }) => ({
      weight,
      arbitrary: fc.record({ random: cases, data: fc.constantFrom(...data) }),
    })),
  );
  return fc.sample(drawn, { seed, numRuns: count }).map((each, number) => ({ ...each, number, seed }));
}

/** The graph and the tensors of a case. */
export function opCaseOfSoundness({ random, data, number, seed }: SoundnessCase): OpCase {
  const opCase = opCaseOf({ ...random, relu: false, data: 'random' });
  const set = soundnessData[data];
  const tensor = (role: Role, shape: readonly number[]): Tensor => ({
    shape,
    data: set.fill(role, shape, `${seed}/${number}/${role}`),
  });
  return {
    ...opCase,
    data: { ...opCase.data, kind: set.kind },
    tensors: () => ({
      input: tensor('input', random.input),
      weights: new Map(
        opCase.graph.parameters.map(({ name, shape }) => [name, tensor(roles[name] ?? 'weight', shape)]),
      ),
    }),
  };
}

const roles: Readonly<Record<string, Role>> = {
  w: 'weight',
  b: 'bias',
  scale: 'scale',
  bias: 'bias',
  mean: 'mean',
  variance: 'variance',
};

function products({ input, weight, attributes: { stride, pads } }: RandomCaseOf<'conv2d'>): number {
  const [batch, , height, width] = input as [number, number, number, number];
  const [, , kh, kw] = weight as [number, number, number, number];
  const rows = Math.floor((height + pads.top + pads.bottom - kh) / stride[0]) + 1;
  const cols = Math.floor((width + pads.left + pads.right - kw) / stride[1]) + 1;
  return batch * rows * cols * sizeOf(weight!);
}
