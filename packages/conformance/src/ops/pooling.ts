import type { Pads, Pair } from '@alexnet/core';
import { casesOf, noPads, type OpCase, type Row, sides } from './case.ts';
import { tailRows } from './tails.ts';

interface MaxRow extends Row {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly pads?: Partial<Pads>;
  readonly ceilMode?: true;
}

const padded = ['random', 'negative', 'lowest'] as const;

// biome-ignore format: a table, one row per shape
const maxRows: readonly MaxRow[] = [
  { slug: 'plain', input: [1, 3, 6, 8], kernel: [3, 2], stride: [3, 2], data: ['random', 'huge', 'signed', 'special'], why: 'windows side by side' },
  { slug: 'overlapping', input: [2, 5, 13, 9], kernel: [3, 3], stride: [2, 2], data: ['random', 'negative', 'subnormal', 'special'], why: "AlexNet's 3x3 windows at stride 2" },
  { slug: 'floor-drops', input: [1, 5, 8, 10], kernel: [3, 3], stride: [2, 2], data: ['random'], why: 'floor drops the last window that does not fit' },
  { slug: 'ceil-keeps', input: [1, 2, 8, 10], kernel: [3, 3], stride: [2, 2], ceilMode: true, data: padded, why: 'ceil keeps the last window, cut at the edge' },
  { slug: 'ceil-divides', input: [1, 2, 7, 9], kernel: [3, 3], stride: [2, 2], ceilMode: true, data: ['random'], why: 'where all windows fit, ceil is floor' },
  { slug: 'ceil-in-padding', input: [1, 5, 4, 7], kernel: [3, 3], stride: [3, 3], pads: { top: 1, left: 1, bottom: 2, right: 2 }, ceilMode: true, data: padded, why: 'a last window that would start in the padding is dropped' },
  { slug: 'ceil-rows-only', input: [2, 3, 8, 7], kernel: [3, 2], stride: [2, 1], ceilMode: true, data: ['negative'], why: 'ceil matters for rows and not for columns' },
  ...sides.map((side): MaxRow => ({ slug: `pad-${side}`, input: [1, 2, 5, 8], kernel: [3, 4], stride: [1, 2], pads: { [side]: 2 }, data: padded, why: `padding at the ${side} only` })),
  { slug: 'zoo-pool5', input: [2, 3, 12, 10], kernel: [3, 3], stride: [2, 2], pads: { bottom: 1, right: 1 }, data: padded, why: "padding at the end only, as in the model zoo's pool5" },
  { slug: 'whole-image', input: [2, 3, 5, 4], kernel: [5, 4], stride: [1, 1], data: ['random'], why: 'one window over everything' },
  { slug: 'gaps', input: [1, 5, 10, 11], kernel: [1, 2], stride: [3, 4], data: ['random'], why: 'a stride larger than the window skips pixels' },
  { slug: 'identity', input: [2, 3, 4, 5], kernel: [1, 1], stride: [1, 1], data: ['random'], why: 'a window of one pixel changes nothing' },
  { slug: 'tails', input: [1, 19, 35, 23], kernel: [3, 3], stride: [2, 2], data: ['random'], why: 'no extent is a multiple of 4, 8 or 16' },
  { slug: 'one-pixel', input: [3, 2, 1, 1], kernel: [1, 1], stride: [2, 2], data: ['random'], why: 'an image of one pixel' },
  { slug: 'ceil-over-image', input: [2, 3, 4, 5], kernel: [6, 7], stride: [3, 4], ceilMode: true, data: ['random', 'negative'], why: 'a window larger than the image is cut on two sides when sizes are rounded up' },
  ...tailRows('channels', (extent) => ({ input: [1, extent, 6, 12], kernel: [3, 2] as const, stride: [2, 2] as const, data: ['random'] as const })),
  ...tailRows('columns', (extent) => ({ input: [1, 13, 5, extent + 1], kernel: [3, 2] as const, stride: [2, 1] as const, data: ['random'] as const })),
];

// biome-ignore format: a table, one row per shape
const averageRows: readonly (Row & { readonly output: Pair })[] = [
  { slug: 'divides', input: [2, 5, 6, 8], output: [3, 4], data: ['random', 'thirds'], why: 'windows side by side' },
  { slug: 'overlaps', input: [2, 5, 7, 11], output: [3, 4], data: ['random', 'thirds', 'huge', 'subnormal', 'oneNaN'], why: 'windows of different sizes that overlap' },
  { slug: 'global', input: [3, 4, 9, 13], output: [1, 1], data: ['random', 'thirds', 'tenths'], why: 'the mean of the whole image' },
  { slug: 'identity', input: [1, 3, 4, 5], output: [4, 5], data: ['random'], why: 'as torchvision uses it at 224: windows of one pixel' },
  { slug: 'larger', input: [1, 2, 3, 4], output: [5, 7], data: ['random'], why: 'more outputs than pixels: each is read several times' },
  { slug: 'rows-only', input: [2, 3, 8, 5], output: [4, 1], data: ['random'], why: 'rows and columns are divided differently' },
  { slug: 'global-probe', input: [2, 3, 8, 16], output: [1, 1], data: ['cancelledMean'], why: 'a mean of 128 pixels, which needs no rounding' },
  { slug: 'window-probe', input: [1, 3, 4, 16], output: [2, 8], data: ['cancelledMean'], why: 'means of four pixels, which need no rounding' },
  ...tailRows('channels', (extent) => ({ input: [1, extent, 6, 10], output: [2, 4] as const, data: ['random'] as const })),
];

export const maxPool2dCases: readonly OpCase[] = maxRows.flatMap((row) => {
  const { kernel, stride, pads = {}, ceilMode = false } = row;
  return casesOf('maxPool2d', row, { kernel, stride, pads: { ...noPads, ...pads }, ceilMode });
});

export const adaptiveAvgPool2dCases: readonly OpCase[] = averageRows.flatMap((row) =>
  casesOf('adaptiveAvgPool2d', row, { output: row.output }),
);
