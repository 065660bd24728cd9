import { memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { layer, layerV1 } from '../testing/caffe-bytes.ts';
import { all, bytes, float, type Message, varint } from '../testing/proto-bytes.ts';
import { openCaffe } from './open-caffe.ts';

const opsOf = async (...layers: Message[]) => (await openCaffe(memorySource(all(...layers)))).ops;

/** Types with their numbers in V1, and the numbers of their parameters in both versions. */
const types = {
  Convolution: [4, 106, 10],
  Pooling: [17, 121, 19],
  LRN: [15, 118, 18],
  ReLU: [18, 123, 30],
  InnerProduct: [14, 117, 17],
} as const;

const rows: readonly [string, keyof typeof types, Message[], object | undefined][] = [
  ['ReLU', 'ReLU', [], { op: 'relu' }],
  ['a linear layer', 'InnerProduct', [varint(1, 9)], { op: 'linear' }],
  [
    'a square convolution',
    'Convolution',
    [varint(3, 2), varint(4, 5), varint(6, 4)],
    { op: 'conv2d', kernel: [5, 5], stride: [4, 4], pads: [2, 2, 2, 2] },
  ],
  [
    'a convolution with two numbers for each',
    'Convolution',
    [varint(3, 1), varint(3, 2), varint(4, 5), varint(4, 6), varint(6, 3), varint(6, 4)],
    { op: 'conv2d', kernel: [5, 6], stride: [3, 4], pads: [1, 2, 1, 2] },
  ],
  [
    'a convolution with heights and widths',
    'Convolution',
    [varint(9, 1), varint(10, 2), varint(11, 5), varint(12, 6), varint(13, 3), varint(14, 4)],
    { op: 'conv2d', kernel: [5, 6], stride: [3, 4], pads: [1, 2, 1, 2] },
  ],
  [
    'a pool',
    'Pooling',
    [varint(1, 0), varint(2, 3), varint(3, 2)],
    { op: 'maxPool2d', kernel: [3, 3], stride: [2, 2], pads: [0, 0, 0, 0] },
  ],
  ['no pool of averages', 'Pooling', [varint(1, 1), varint(2, 3)], undefined],
  [
    'a normalisation',
    'LRN',
    [varint(1, 3), float(2, 0.5), float(3, 0.25), float(5, 2)],
    { op: 'lrn', size: 3, alpha: 0.5, beta: 0.25, bias: 2 },
  ],
  ['a normalisation of defaults', 'LRN', [float(2, 0.5)], { op: 'lrn', size: 5, alpha: 0.5, beta: 0.75, bias: 1 }],
  ['no normalisation within channels', 'LRN', [varint(4, 1)], undefined],
];

describe.each(rows)('ops tell %s', (_what, type, parameters, want) => {
  const [number, current, v1] = types[type];
  const expected = want === undefined ? [] : [want];

  it('in a layer', async () => {
    expect(await opsOf(layer({ type, more: [bytes(current, all(...parameters))] }))).toEqual(expected);
  });

  it('in a layer of V1', async () => {
    expect(await opsOf(layerV1({ type: number, more: [bytes(v1, all(...parameters))] }))).toEqual(expected);
  });
});

it('ops say nothing of what the file does not say, or of other layers', async () => {
  const silent = ['Convolution', 'Pooling', 'LRN'].map((type) => layer({ type }));
  const others = ['Data', 'SoftmaxWithLoss', 'constructor', '__proto__'].map((type) => layer({ type }));
  expect(await opsOf(...silent, ...others)).toEqual([{ op: 'conv2d' }, { op: 'maxPool2d' }, { op: 'lrn' }]);
});
