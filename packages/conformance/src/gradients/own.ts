import {
  buildGraph,
  type Graph,
  type GraphBuilder,
  type NodeOf,
  type Pads,
  type Pair,
  type Shape,
} from '@alexnet/core';
import { dataSets } from '../data/data.ts';
import { casesOf, noPads } from '../ops/case.ts';
import { derived, type GradientRow } from './case.ts';
import { type GradientDataSetName, gradientDataSets } from './data.ts';
import { lossGradientRows } from './losses.ts';

/*
 * Rows that only gradients need: what forward kernels have no trouble with.
 */

interface ConvRow {
  readonly slug: string;
  readonly why: string;
  readonly input: Shape;
  readonly weight: Shape;
  readonly stride?: Pair;
  readonly pads?: Partial<Pads>;
  readonly groups?: number;
}

// biome-ignore format: a table, one row per shape
const convRows: readonly ConvRow[] = [
  { slug: 'stride-over-window', input: [2, 3, 10, 13], weight: [5, 3, 1, 2], stride: [3, 4], why: 'a stride larger than the window: pixels that nothing reads have a gradient of 0' },
  { slug: 'padding-alone', input: [2, 3, 4, 5], weight: [7, 3, 2, 1], pads: { top: 3 }, why: 'the first windows see padding alone: they add to the bias and to nothing else' },
  { slug: 'pads-and-rest', input: [2, 4, 11, 10], weight: [8, 2, 4, 3], stride: [3, 2], pads: { top: 1, left: 2 }, groups: 2, why: 'padding that only the first windows see, and a rest that nothing reads, in two groups' },
  { slug: 'many-samples', input: [9, 2, 5, 6], weight: [3, 2, 4, 1], why: 'a sum over more samples than one vector has' },
  { slug: 'one-sample', input: [1, 3, 7, 9], weight: [5, 3, 4, 2], why: 'a batch of one' },
  { slug: 'grouped-sample', input: [1, 6, 9, 8], weight: [10, 3, 4, 2], groups: 2, stride: [2, 1], why: 'groups and a stride in a batch of one' },
];

interface PoolRow {
  readonly slug: string;
  readonly why: string;
  readonly input: Shape;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly pads?: Partial<Pads>;
  readonly ceilMode?: true;
}

// biome-ignore format: a table, one row per shape
const poolRows: readonly PoolRow[] = [
  { slug: 'much-overlap', input: [2, 3, 7, 11], kernel: [3, 5], stride: [1, 2], why: 'a pixel is the maximum of up to nine windows, whose gradients add up' },
  { slug: 'rest-unread', input: [7, 5, 9, 17], kernel: [2, 3], stride: [4, 5], why: 'pixels between the windows and after the last have a gradient of 0' },
  { slug: 'first-windows-padded', input: [2, 3, 8, 15], kernel: [3, 4], stride: [2, 3], pads: { top: 2, left: 1 }, why: 'padding that only the first windows see: no gradient may fall on it, or on a wrong pixel' },
  { slug: 'ceil-and-pads', input: [2, 5, 6, 8], kernel: [3, 3], stride: [2, 2], pads: { bottom: 1 }, ceilMode: true, why: 'last windows that are cut at the edge, overlapping' },
  { slug: 'one-sample', input: [1, 5, 7, 9], kernel: [3, 3], stride: [2, 2], why: 'a batch of one' },
];

const pooled: readonly GradientRow[] = poolRows.flatMap((row) =>
  (['random', 'whole'] as const).flatMap((name) => {
    const { kernel, stride, pads = {}, ceilMode = false } = row;
    const attributes: Omit<NodeOf<'maxPool2d'>, 'op' | 'name' | 'inputs'> = {
      kernel,
      stride,
      pads: { ...noPads, ...pads },
      ceilMode,
    };
    return casesOf('maxPool2d', { ...row, data: ['random'] }, attributes).map((each) => on(derived(each, true), name));
  }),
);

const convolved: readonly GradientRow[] = convRows.flatMap((row) =>
  (['random', 'whole'] as const).flatMap((name) => {
    const { weight, stride = [1, 1], pads = {}, groups = 1 } = row;
    const attributes = { weight: 'w', bias: 'b', stride, pads: { ...noPads, ...pads }, groups } as const;
    const parameters = [
      { name: 'w', shape: weight, role: 'weight' },
      { name: 'b', shape: weight.slice(0, 1), role: 'bias' },
    ] as const;
    return casesOf('conv2d', { ...row, data: ['random'] }, attributes, parameters).map((each) =>
      on(derived(each, true), name),
    );
  }),
);

/** A row on other data than random. */
function on(row: GradientRow, name: GradientDataSetName): GradientRow {
  const data = gradientDataSets[name];
  return data === dataSets.random ? row : { ...row, id: `${row.id}/${name}`, data, why: `${row.why}; ${data.why}` };
}

const layer = (shape: Shape, build: (layers: GraphBuilder) => GraphBuilder): Graph =>
  build(buildGraph('layer', { name: 'x', shape })).build();

const linearRows: readonly GradientRow[] = (['random', 'whole'] as const).map((name) =>
  on(
    {
      id: 'gradient/linear/sample-alone',
      op: 'linear',
      title: 'the gradients of linear agree with the oracle: batch 1',
      why: 'a batch of one: the gradient of the weight is one product each',
      graph: layer([9], (l) => l.linear('y', 5)),
      data: dataSets.random,
      batch: 1,
    },
    name,
  ),
);

const batchNormRows: readonly GradientRow[] = [
  {
    slug: 'constant-channels',
    shape: [3, 4, 5],
    data: 'constantChannels',
    batch: 2,
    why: 'the variance of the batch is 0',
  },
  { slug: 'pixels-alone', shape: [3, 4, 5], data: 'random', batch: 1, why: 'statistics over the pixels of one sample' },
  {
    slug: 'large-batch',
    shape: [5, 2, 3],
    data: 'random',
    batch: 33,
    why: 'statistics over more samples than a tile of 32',
  },
  { slug: 'large-inputs', shape: [4, 3, 5], data: 'large', batch: 2, why: 'squares that half precision does not hold' },
].map(({ slug, shape, data, batch, why }) => ({
  id: `gradient/batchNorm/${slug}`,
  op: 'batchNorm',
  title: `the gradients of batchNorm agree with the oracle: ${slug.replaceAll('-', ' ')}, batch ${batch}`,
  why,
  graph: batchNormed(shape),
  data: gradientDataSets[data as GradientDataSetName],
  batch,
}));

function batchNormed(shape: Shape): Graph {
  const names = ['scale', 'bias', 'mean', 'variance'] as const;
  return {
    name: 'layer',
    inputs: [{ name: 'x', shape }],
    parameters: names.map((name) => ({ name, shape: shape.slice(0, 1) })),
    nodes: [
      {
        op: 'batchNorm',
        name: 'y',
        inputs: ['x'],
        scale: 'scale',
        bias: 'bias',
        mean: 'mean',
        variance: 'variance',
        epsilon: 1e-5,
      },
    ],
    outputs: ['y'],
  };
}

export const ownRows: readonly GradientRow[] = [
  ...convolved,
  ...pooled,
  ...linearRows,
  ...batchNormRows,
  ...lossGradientRows,
];
