import type { NodeOf } from '@alexnet/core';
import { casesOf, type OpCase, type Row } from './case.ts';
import { tailRows } from './tails.ts';

type LrnRow = Row & Pick<NodeOf<'lrn'>, 'size' | 'alpha' | 'beta' | 'bias'>;

const caffe = { size: 5, alpha: 1e-4, beta: 0.75, bias: 1 };
/** All constants distinct, none a default: one read for another shows. */
const distinct = { alpha: 0.9, beta: 0.61, bias: 1.7 };

// biome-ignore format: a table, one row per shape
const rows: readonly LrnRow[] = [
  { slug: 'caffe', input: [2, 13, 3, 7], ...caffe, data: ['random', 'large', 'zeros', 'oneNaN'], why: "Caffe's constants" },
  { slug: 'paper', input: [1, 11, 4, 6], size: 5, alpha: 5e-4, beta: 0.75, bias: 2, data: ['random', 'large'], why: "the paper's constants: alpha not divided, k = 2" },
  { slug: 'distinct', input: [3, 7, 5, 4], size: 3, ...distinct, data: ['random', 'large', 'zeros', 'subnormal'], why: 'alpha, beta, bias and size are not taken for each other' },
  { slug: 'many-channels', input: [1, 37, 3, 2], size: 5, ...distinct, data: ['random'], why: 'many more channels than the window' },
  { slug: 'fewer-channels', input: [2, 4, 3, 5], size: 7, ...distinct, data: ['random'], why: 'fewer channels than the window, which is cut at both ends; the divisor stays size' },
  { slug: 'two-channels', input: [1, 2, 5, 3], size: 9, ...distinct, data: ['random'], why: 'the window reaches far over both ends' },
  { slug: 'as-many-channels', input: [2, 5, 4, 3], size: 5, ...distinct, data: ['random'], why: 'as many channels as the window' },
  { slug: 'even-size', input: [2, 9, 5, 3], size: 4, ...distinct, data: ['random'], why: 'an even window reaches one channel further up than down' },
  { slug: 'size-two', input: [1, 5, 3, 4], size: 2, ...distinct, data: ['random'], why: 'this channel and the next' },
  { slug: 'size-one', input: [2, 6, 3, 4], size: 1, ...distinct, data: ['random'], why: 'no neighbours' },
  { slug: 'beta-one', input: [1, 6, 4, 5], size: 3, alpha: 0.4, beta: 1, bias: 1.3, data: ['random'], why: 'a power that needs no power function' },
  { slug: 'beta-half', input: [1, 6, 5, 4], size: 3, alpha: 0.4, beta: 0.5, bias: 1.3, data: ['random'], why: 'a power that is a square root' },
  { slug: 'strong', input: [2, 7, 3, 5], size: 5, alpha: 2.5, beta: 0.75, bias: 0.3, data: ['random', 'large'], why: 'the sum of squares decides, not the bias' },
  { slug: 'one-channel', input: [3, 1, 4, 5], ...caffe, data: ['random'], why: 'no neighbours exist' },
  { slug: 'one-pixel', input: [2, 8, 1, 1], size: 3, ...distinct, data: ['random'], why: 'an image of one pixel' },
  ...tailRows('channels', (extent) => ({ input: [1, extent, 2, 6], size: 5, ...distinct, data: ['random'] as const })),
];

export const lrnCases: readonly OpCase[] = rows.flatMap((row) => {
  const { size, alpha, beta, bias } = row;
  return casesOf('lrn', row, { size, alpha, beta, bias });
});
