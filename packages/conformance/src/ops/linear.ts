import type { Precision } from '@alexnet/core';
import type { DataSetName } from '../data/data.ts';
import { type StoredPrecision, storedPrecisions } from '../numerics/precision.ts';
import { casesOf, type OpCase, type Row } from './case.ts';
import { tailRows } from './tails.ts';

interface LinearRow extends Row {
  readonly features: number;
  readonly bias?: false;
}

const every = ['random', 'thirds', 'cancellation'] as const;

// biome-ignore format: a table, one row per shape
const rows: readonly LinearRow[] = [
  { slug: 'one-sample', input: [1, 7], features: 5, data: [...every, 'oneInfinity'], why: 'a matrix times a vector' },
  { slug: 'batch', input: [3, 8], features: 4, data: [...every, 'huge', 'subnormal', 'oneNaN'], why: 'a matrix times a matrix; a sample must not touch another' },
  { slug: 'tails', input: [2, 19], features: 17, data: every, why: 'no extent is a multiple of 4, 8 or 16' },
  { slug: 'many-samples', input: [33, 12], features: 7, data: ['random'], why: 'more samples than a tile of 32' },
  { slug: 'one-feature', input: [5, 1], features: 3, data: ['random'], why: 'one term and the bias' },
  { slug: 'one-output', input: [4, 9], features: 1, data: ['random'], why: 'one row of weights' },
  { slug: 'no-bias', input: [3, 13], features: 6, data: ['random'], bias: false, why: 'the bias is optional' },
  { slug: 'one-block', input: [2, 32], features: 6, data: ['random'], why: 'a block of 4-bit weights, and no more' },
  { slug: 'block-and-one', input: [4, 33], features: 9, data: ['random'], why: 'a last block of one weight' },
  { slug: 'short-block', input: [3, 79], features: 5, data: ['random'], why: 'whole blocks, and one cut at an odd place' },
  { slug: 'then-relu', input: [3, 21], features: 10, relu: true, data: ['random', 'oneNaN', 'oneInfinity'], why: 'ReLU in the same kernel comes after the bias and keeps NaN' },
  { slug: 'long-tail', input: [2, 2049], features: 3, data: every, why: 'one term more than a power of two: split sums have a rest' },
  { slug: 'as-fc7', input: [1, 4096], features: 10, data: every, why: 'as long as fc7' },
  { slug: 'as-fc6', input: [2, 9216], features: 5, data: [...every, 'tenths'], why: 'as long as fc6, where sums are split most' },
];

const ofFeatures = tailRows(
  'features',
  (extent): Omit<LinearRow, 'slug' | 'why'> => ({
    input: [2, extent],
    features: 10,
    data: ['random'],
  }),
);

const tailsOf: readonly LinearRow[] = [
  ...ofFeatures,
  ...tailRows('samples', (extent) => ({ input: [extent, 10], features: 6, data: ['random'] as const })),
  ...tailRows('outputs', (extent) => ({ input: [2, 6], features: extent, data: ['random'] as const })),
  { slug: 'all-tails', input: [5, 65], features: 17, data: every, why: 'every extent ends a little after a tile' },
];

/** Data that a precision is judged on: random, the worst case, and what it holds exactly. */
const storedData: Readonly<Record<StoredPrecision, readonly DataSetName[]>> = {
  f16: ['random', 'thirds', 'cancellation', 'faint'],
  q8: ['random', 'thirds', 'uneven', 'bytes'],
  q4: ['random', 'thirds', 'uneven', 'nibbles', 'faint'],
};

export const linearCases: readonly OpCase[] = [
  ...[...rows, ...tailsOf].flatMap((row) => cases(row, 'f32')),
  ...storedPrecisions.flatMap((precision) => [
    ...rows.flatMap((row) => cases({ ...row, data: storedData[precision] }, precision)),
    ...ofFeatures.flatMap((row) => cases(row, precision)),
  ]),
];

function cases(row: LinearRow, precision: Precision): OpCase[] {
  const { input, features, bias } = row;
  const weight = { name: 'w', shape: [features, input[1]!], role: 'weight' } as const;
  if (bias === false) return casesOf('linear', row, { weight: 'w' }, [weight], precision);
  const parameters = [weight, { name: 'b', shape: [features], role: 'bias' }] as const;
  return casesOf('linear', row, { weight: 'w', bias: 'b' }, parameters, precision);
}
