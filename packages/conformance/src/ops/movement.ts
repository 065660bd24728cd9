import type { Pads } from '@alexnet/core';
import { casesOf, noPads, type OpCase, type Row, sides } from './case.ts';
import { tailRows } from './tails.ts';

// biome-ignore format: a table, one row per shape
const padRows: readonly (Row & { readonly pads: Partial<Pads> })[] = [
  ...sides.map((side) => ({ slug: side, input: [2, 3, 5, 7], pads: { [side]: 1 }, data: ['random'] as const, why: `padding at the ${side} only` })),
  { slug: 'differ', input: [3, 2, 4, 5], pads: { top: 2, left: 3, bottom: 4, right: 5 }, data: ['random', 'signed', 'subnormal', 'special'], why: 'every side is padded differently' },
  { slug: 'none', input: [2, 3, 5, 7], pads: {}, data: ['random'], why: 'padding by nothing' },
  ...tailRows('columns', (extent) => ({ input: [1, 2, 6, extent], pads: { top: 2, left: 1, right: 1 }, data: ['random'] as const })),
];

// biome-ignore format: a table, one row per shape
const flattenRows: readonly Row[] = [
  { slug: 'image', input: [2, 3, 5, 7], data: ['random', 'signed', 'subnormal', 'special'], why: 'channel by channel, row by row; a backend with channels last must reorder' },
  { slug: 'one-column', input: [3, 4, 2, 1], data: ['random'], why: 'images of one column' },
  { slug: 'flat', input: [2, 11], data: ['random'], why: 'flat already' },
  ...tailRows('channels', (extent) => ({ input: [1, extent, 4, 6], data: ['random'] as const })),
];

export const pad2dCases: readonly OpCase[] = padRows.flatMap((row) =>
  casesOf('pad2d', row, { pads: { ...noPads, ...row.pads } }),
);

export const flattenCases: readonly OpCase[] = flattenRows.flatMap((row) => casesOf('flatten', row, {}));
