import type { Pads, Pair, Shape } from '@alexnet/core';
import { casesOf, noPads, type OpCase, type Row, sides } from './case.ts';
import { tailRows } from './tails.ts';

interface ConvRow extends Row {
  /** OIHW. */
  readonly weight: Shape;
  readonly stride?: Pair;
  readonly pads?: Partial<Pads>;
  readonly groups?: number;
  readonly bias?: false;
}

const every = ['random', 'thirds', 'cancellation'] as const;

// biome-ignore format: a table, one row per shape
const rows: readonly ConvRow[] = [
  { slug: 'plain', input: [2, 3, 7, 11], weight: [5, 3, 2, 4], data: [...every, 'huge', 'subnormal', 'oneNaN', 'oneInfinity'], why: 'all extents differ: no two axes can be swapped' },
  { slug: 'pointwise', input: [3, 7, 5, 4], weight: [9, 7, 1, 1], data: ['random'], why: 'a 1x1 window is a matrix product' },
  { slug: 'stride-tail', input: [1, 2, 14, 12], weight: [7, 2, 4, 3], stride: [3, 2], data: ['random'], why: 'the stride does not divide: the last rows and columns are never read' },
  { slug: 'as-conv1', input: [1, 3, 37, 33], weight: [13, 3, 11, 9], stride: [4, 3], data: every, why: 'a large window at stride 4, as in conv1' },
  ...sides.map((side): ConvRow => ({ slug: `pad-${side}`, input: [1, 2, 5, 7], weight: [6, 2, 4, 3], pads: { [side]: 2 }, data: ['random'], why: `padding at the ${side} only` })),
  { slug: 'pads-differ', input: [3, 2, 8, 5], weight: [7, 2, 5, 3], pads: { top: 1, left: 2, bottom: 3 }, data: every, why: 'every side is padded differently' },
  { slug: 'padded-conv1', input: [2, 3, 19, 22], weight: [9, 3, 7, 5], stride: [4, 3], pads: { top: 2, left: 1, bottom: 3, right: 2 }, data: ['random', 'oneNaN', 'oneInfinity'], why: 'few channels, stride and padding, as in conv1: what stands beside a window must not reach it' },
  { slug: 'deep-pads', input: [2, 17, 6, 5], weight: [8, 17, 3, 4], pads: { top: 1, left: 2, bottom: 2, right: 1 }, data: ['random'], why: 'padding on every side where pixels have many channels; below and beside an image there is the next one' },
  { slug: 'pads-and-stride', input: [2, 4, 11, 9], weight: [8, 4, 5, 3], stride: [3, 2], pads: { top: 3, left: 1, bottom: 2, right: 2 }, data: ['random'], why: 'strides count from the padding, not from the image' },
  { slug: 'window-over-image', input: [1, 2, 3, 4], weight: [8, 2, 7, 6], pads: { top: 3, left: 3, bottom: 3, right: 3 }, data: ['random'], why: 'the window is larger than the image: every sum is cut on several sides' },
  { slug: 'two-groups', input: [2, 6, 9, 5], weight: [8, 3, 4, 2], groups: 2, data: every, why: 'two towers: each reads its half of the channels' },
  { slug: 'three-groups', input: [1, 6, 10, 7], weight: [9, 2, 5, 3], groups: 3, stride: [2, 1], pads: { left: 1 }, data: ['random'], why: 'groups with stride and padding' },
  { slug: 'depthwise', input: [2, 5, 9, 7], weight: [10, 1, 4, 3], groups: 5, data: ['random'], why: 'one channel per group, two outputs each' },
  { slug: 'grouped-tails', input: [1, 18, 7, 5], weight: [22, 9, 3, 2], groups: 2, data: ['random', 'cancellation'], why: 'odd channels per group: vector tails at the border of a group' },
  { slug: 'no-bias', input: [1, 3, 6, 8], weight: [7, 3, 2, 5], bias: false, data: ['random'], why: 'the bias is optional' },
  { slug: 'channel-tails', input: [1, 19, 6, 7], weight: [17, 19, 3, 2], data: every, why: 'no channel count is a multiple of 4, 8 or 16' },
  { slug: 'spatial-tails', input: [1, 2, 35, 67], weight: [3, 2, 5, 4], data: ['random'], why: 'more columns than a 64-wide tile, and a rest' },
  { slug: 'one-channel', input: [2, 1, 5, 6], weight: [1, 1, 3, 2], data: ['random'], why: 'one channel in and out' },
  { slug: 'one-pixel', input: [3, 4, 1, 1], weight: [2, 4, 1, 1], data: ['random'], why: 'an image of one pixel' },
  { slug: 'then-relu', input: [8, 3, 7, 6], weight: [9, 3, 4, 2], relu: true, data: ['random', 'oneNaN', 'oneInfinity'], why: 'ReLU in the same kernel comes after the bias and keeps NaN; there is one in the first channel of an image, which the image before must not read' },
  { slug: 'groups-then-relu', input: [2, 6, 7, 5], weight: [10, 3, 2, 4], groups: 2, pads: { top: 1, right: 2 }, relu: true, data: ['random', 'oneNaN'], why: 'ReLU in the kernel of grouped convolutions' },
  { slug: 'vector-groups', input: [2, 12, 5, 7], weight: [24, 4, 2, 3], groups: 3, pads: { left: 1 }, data: ['random', 'cancellation'], why: 'groups of whole vectors, as in conv2: a group must not read channels or weights of another' },
  { slug: 'groups-astride', input: [1, 10, 7, 11], weight: [12, 5, 2, 4], groups: 2, data: ['random'], why: 'six outputs per group: a vector of four lies across the border of two groups' },
  { slug: 'channels-in-threes', input: [2, 6, 9, 13], weight: [8, 6, 3, 4], data: ['random'], why: 'six channels into eight: engines that have vectors of three for images of three channels take more by threes, too' },
  { slug: 'strided-vectors', input: [2, 9, 11, 15], weight: [6, 9, 4, 3], stride: [3, 2], pads: { top: 2 }, data: ['random'], why: 'a stride over more channels than a vector has' },
  { slug: 'many-outputs', input: [1, 5, 3, 4], weight: [70, 5, 2, 1], data: ['random'], why: 'more output channels than a tile of 64' },
  { slug: 'long-sum', input: [1, 83, 4, 5], weight: [3, 83, 4, 5], data: [...every, 'tenths'], why: 'sums of 1,661 terms, not a multiple of 8' },
  ...tailRows('input channels', (extent) => ({ input: [2, extent, 6, 11], weight: [10, extent, 2, 4], data: ['random'] as const })),
  ...tailRows('output channels', (extent) => ({ input: [2, 6, 5, 11], weight: [extent, 6, 2, 4], data: ['random'] as const })),
  ...tailRows('rows', (extent) => ({ input: [1, 3, extent + 1, 11], weight: [10, 3, 2, 4], data: ['random'] as const })),
  ...tailRows('columns', (extent) => ({ input: [1, 3, 7, extent + 3], weight: [10, 3, 2, 4], data: ['random'] as const })),
  { slug: 'all-tails', input: [3, 17, 10, 18], weight: [33, 17, 2, 4], data: every, why: 'every extent ends a little after a tile' },
];

export const conv2dCases: readonly OpCase[] = rows.flatMap((row) => {
  const { weight, stride = [1, 1], pads = {}, groups = 1, bias } = row;
  const parameters = [
    { name: 'w', shape: weight, role: 'weight' as const },
    ...(bias === false ? [] : [{ name: 'b', shape: weight.slice(0, 1), role: 'bias' as const }]),
  ];
  const attributes = {
    weight: 'w',
    ...(bias === false ? {} : { bias: 'b' }),
    stride,
    pads: { ...noPads, ...pads },
    groups,
  };
  return casesOf('conv2d', row, attributes, parameters);
});
