import { describe, expect, it } from 'vitest';
import { costOf } from '../graph/cost.ts';
import type { NodeOf } from '../graph/graph.ts';
import { preprocessedShape } from '../preprocess/preprocessing.ts';
import { showShape } from '../tensor.ts';
import { createVariant, variantDefinitions, variantIds } from './index.ts';
import type { VariantOptions } from './variant.ts';

/** Output extents and channels are of every convolution and pooling layer, in their order. */
interface Published {
  readonly id: string;
  readonly options?: VariantOptions;
  readonly extents: readonly number[];
  readonly channels: readonly number[];
  readonly flat: number;
  readonly linear: readonly number[];
  readonly parameters: number;
  readonly trainable?: number;
  readonly macs: number;
}

const grouped = {
  channels: [96, 96, 256, 256, 384, 384, 256, 256],
  flat: 9216,
  linear: [4096, 4096, 1000],
  parameters: 60_965_224,
  macs: 724_406_816,
};
const from55 = [55, 27, 27, 13, 13, 13, 13, 6];
const owt = {
  channels: [64, 64, 192, 192, 384, 256, 256, 256],
  flat: 9216,
  linear: [4096, 4096, 1000],
  parameters: 61_100_840,
  macs: 714_188_480,
};
const eweill = { channels: [96, 96, 256, 256, 512, 512, 1024, 1024, 1024] };
const fromTutorial = { extents: [54, 27, 17, 8, 6, 4, 2, 1], channels: grouped.channels, flat: 256 };

/** The numbers of the literature: a network that changes by one parameter or one multiplication fails here. */
const published: readonly Published[] = [
  { id: 'paper', ...grouped, extents: from55 },
  { id: 'bvlc-alexnet', ...grouped, extents: from55 },
  {
    id: 'bvlc-alexnet',
    options: { classes: 10 },
    ...grouped,
    extents: from55,
    linear: [4096, 4096, 10],
    parameters: 56_909_194,
    macs: 720_351_776,
  },
  {
    id: 'bvlc-alexnet',
    options: { classes: 38 },
    ...grouped,
    extents: from55,
    linear: [4096, 4096, 38],
    parameters: 57_023_910,
    macs: 720_466_464,
  },
  { id: 'caffenet', ...grouped, extents: from55 },
  { id: 'kratzert', ...grouped, extents: from55 },
  {
    id: 'kratzert',
    options: { classes: 2 },
    ...grouped,
    extents: from55,
    linear: [4096, 4096, 2],
    parameters: 56_876_418,
    macs: 720_319_008,
  },
  { id: 'guerzhoy', ...grouped, extents: [57, 28, 28, 13, 13, 13, 13, 6], macs: 749_108_768 },
  { id: 'onnx-zoo', ...grouped, extents: [54, 26, 26, 12, 12, 12, 12, 6], macs: 654_560_384 },
  { id: 'onnx-zoo', options: { inputSize: 227 }, ...grouped, extents: from55 },
  { id: 'torchvision', ...owt, extents: from55 },
  {
    id: 'torchvision',
    options: { classes: 10 },
    ...owt,
    extents: from55,
    linear: [4096, 4096, 10],
    parameters: 57_044_810,
    macs: 710_133_440,
  },
  { id: 'cuda-convnet2', ...owt, extents: from55 },
  {
    id: 'uestcsongtaoli',
    ...grouped,
    extents: from55,
    linear: [4096, 4096, 10],
    parameters: 58_360_626,
    trainable: 58_341_470,
    macs: 1_131_201_056,
  },
  {
    id: 'uestcsongtaoli',
    options: { classes: 1000 },
    ...grouped,
    extents: from55,
    parameters: 62_420_616,
    macs: 1_135_256_096,
  },
  {
    id: 'eweill',
    ...eweill,
    extents: [32, 16, 16, 8, 10, 5, 7, 9, 4],
    flat: 16_384,
    linear: [3072, 4096, 10],
    parameters: 78_990_642,
    macs: 1_369_513_984,
  },
  {
    id: 'eweill',
    options: { inputSize: 28 },
    ...eweill,
    extents: [28, 14, 14, 7, 9, 4, 6, 8, 4],
    flat: 16_384,
    linear: [3072, 4096, 10],
    parameters: 78_967_410,
    macs: 1_061_885_440,
  },
  {
    id: 'eweill',
    options: { inputSize: 224 },
    ...eweill,
    extents: [224, 112, 112, 56, 58, 29, 31, 33, 16],
    flat: 262_144,
    linear: [3072, 4096, 10],
    parameters: 833_965_362,
    macs: 29_053_493_248,
  },
  { id: 'engmrk', ...fromTutorial, linear: [4096, 4096, 1000, 17], parameters: 28_054_497, macs: 1_039_576_808 },
  {
    id: 'vipoooool',
    ...fromTutorial,
    linear: [4096, 4096, 1000, 38],
    parameters: 28_117_790,
    trainable: 28_096_654,
    macs: 1_039_597_808,
  },
  { id: 'textbook', ...grouped, extents: from55, parameters: 62_378_344, macs: 1_135_256_096 },
  {
    id: 'textbook',
    options: { classes: 10 },
    ...grouped,
    extents: from55,
    linear: [4096, 4096, 10],
    parameters: 58_322_314,
    macs: 1_131_201_056,
  },
  {
    id: 'textbook',
    options: { classes: 38 },
    ...grouped,
    extents: from55,
    linear: [4096, 4096, 38],
    parameters: 58_437_030,
    macs: 1_131_315_744,
  },
  {
    id: 'cifar10',
    extents: [32, 32, 16, 16, 8, 8, 8, 4],
    channels: [32, 96, 96, 192, 192, 256, 256, 256],
    flat: 4096,
    linear: [256, 256, 10],
    parameters: 2_349_994,
    trainable: 2_347_306,
    macs: 138_840_576,
  },
];

describe('every variant has the layers, parameters and multiply-accumulates of its source', () => {
  it.each(published)(
    '$id $options',
    ({ id, options, extents, channels, flat, linear, parameters, trainable, macs }) => {
      const cost = costOf(createVariant(id, options).graph);
      const shapesOf = (...wanted: string[]) =>
        cost.nodes.filter(({ op }) => wanted.includes(op)).map(({ shape }) => showShape(shape));
      expect(shapesOf('conv2d', 'maxPool2d')).toEqual(extents.map((extent, i) => `${channels[i]}x${extent}x${extent}`));
      expect(shapesOf('flatten')).toEqual([String(flat)]);
      expect(shapesOf('linear')).toEqual(linear.map(String));
      expect(cost.parameters).toBe(parameters);
      if (trainable !== undefined) expect(cost.trainable).toBe(trainable);
      expect(cost.macs).toBe(macs);
      expect(cost.weightBytes).toBe(4 * parameters);
    },
  );

  it('is checked for every variant that exists', () => {
    expect(new Set(published.map(({ id }) => id))).toEqual(new Set(variantIds));
  });

  it.each(variantDefinitions)('$id states its own counts', ({ id, parameters, macs }) => {
    expect(costOf(createVariant(id).graph)).toMatchObject({ parameters, macs });
  });
});

/** conv1 to conv5, multiply-accumulates of each (reference table of layer counts). */
const layerMacs = [
  {
    id: 'bvlc-alexnet',
    macs: [105_415_200, 223_948_800, 149_520_384, 112_140_288, 74_760_192, 37_748_736, 16_777_216, 4_096_000],
  },
  {
    id: 'onnx-zoo',
    macs: [101_616_768, 207_667_200, 127_401_984, 95_551_488, 63_700_992, 37_748_736, 16_777_216, 4_096_000],
  },
  {
    id: 'guerzhoy',
    macs: [113_221_152, 240_844_800, 149_520_384, 112_140_288, 74_760_192, 37_748_736, 16_777_216, 4_096_000],
  },
  {
    id: 'textbook',
    macs: [105_415_200, 447_897_600, 149_520_384, 224_280_576, 149_520_384, 37_748_736, 16_777_216, 4_096_000],
  },
  {
    id: 'torchvision',
    macs: [70_276_800, 223_948_800, 112_140_288, 149_520_384, 99_680_256, 37_748_736, 16_777_216, 4_096_000],
  },
];

/** What the authors trained, by the first letters of the layers' names. */
const trained = [
  { id: 'kratzert', options: { classes: 2 }, layers: /^fc[678]/, parameters: 54_542_338, why: 'the linear layers' },
  { id: 'kratzert', options: { classes: 2 }, layers: /^conv/, parameters: 2_334_080, why: 'the frozen ones' },
  // 2,000 of bn8's 4,000 parameters are moving statistics
  { id: 'vipoooool', options: {}, layers: /^(fc8|fc9|bn8)/, parameters: 4_137_038 + 2000, why: 'after its freezing' },
];

it.each(trained)('$id $options has $parameters parameters in $layers: $why', ({ id, options, layers, parameters }) => {
  const { nodes } = costOf(createVariant(id, options).graph);
  expect(nodes.filter(({ name }) => layers.test(name)).reduce((sum, node) => sum + node.parameters, 0)).toBe(
    parameters,
  );
});

it.each(layerMacs)('$id spends its multiply-accumulates where the source does', ({ id, macs }) => {
  const { nodes } = costOf(createVariant(id).graph);
  expect(nodes.filter((node) => node.macs > 0).map((node) => node.macs)).toEqual(macs);
});

describe('geometry', () => {
  const node = <K extends 'conv2d' | 'maxPool2d' | 'lrn' | 'batchNorm'>(id: string, name: string, op: K) => {
    const found = createVariant(id).graph.nodes.find((candidate) => candidate.name === name);
    expect(found?.op).toBe(op);
    return found as NodeOf<K>;
  };
  const none = { top: 0, left: 0, bottom: 0, right: 0 };

  it.each([
    { id: 'bvlc-alexnet', pads: none, why: '227 needs none' },
    { id: 'paper', pads: { ...none, bottom: 3, right: 3 }, why: '224, the last window hangs over' },
    { id: 'cuda-convnet2', pads: { ...none, bottom: 3, right: 3 }, why: '224, the last window hangs over' },
    {
      id: 'torchvision',
      pads: { top: 2, left: 2, bottom: 2, right: 2 },
      why: '224, of which 2 before and 1 after are used',
    },
    { id: 'onnx-zoo', pads: none, why: '224 without padding gives 54' },
    { id: 'guerzhoy', pads: { top: 4, left: 4, bottom: 4, right: 4 }, why: '227 SAME' },
  ])('$id pads conv1 by $pads: $why', ({ id, pads }) => {
    expect(node(id, 'conv1', 'conv2d').pads).toEqual(pads);
  });

  it.each([
    { id: 'bvlc-alexnet', ceil: true },
    { id: 'caffenet', ceil: true },
    { id: 'cuda-convnet2', ceil: true },
    { id: 'paper', ceil: false },
    { id: 'onnx-zoo', ceil: false },
    { id: 'torchvision', ceil: false },
  ])('$id rounds pooled sizes up: $ceil', ({ id, ceil }) => {
    expect(node(id, 'pool1', 'maxPool2d').ceilMode).toBe(ceil);
  });

  it('the zoo pads pool5, and only pool5, at the bottom and right', () => {
    expect(node('onnx-zoo', 'pool5', 'maxPool2d').pads).toEqual({ ...none, bottom: 1, right: 1 });
    expect(node('onnx-zoo', 'pool2', 'maxPool2d').pads).toEqual(none);
  });

  it.each([
    {
      id: 'paper',
      order: ['conv1', 'relu1', 'norm1', 'pool1'],
      alpha: 5e-4,
      bias: 2,
      why: 'alpha as printed is not divided',
    },
    { id: 'bvlc-alexnet', order: ['conv1', 'relu1', 'norm1', 'pool1'], alpha: 1e-4, bias: 1, why: 'norm before pool' },
    { id: 'caffenet', order: ['conv1', 'relu1', 'pool1', 'norm1'], alpha: 1e-4, bias: 1, why: 'pool before norm' },
    { id: 'cuda-convnet2', order: ['conv1', 'norm1', 'pool1', 'relu1'], alpha: 1e-4, bias: 2, why: 'ReLU last' },
  ])('$id: $order, $why', ({ id, order, alpha, bias }) => {
    const { nodes } = createVariant(id).graph;
    expect(nodes.slice(0, 4).map(({ name }) => name)).toEqual(order);
    expect(node(id, 'norm1', 'lrn')).toMatchObject({ size: 5, alpha, beta: 0.75, bias });
  });

  it.each([
    { from: 'conv2', order: ['conv2', 'relu2', 'norm2', 'pool2'], why: 'its conv has a ReLU' },
    { from: 'conv5', order: ['conv5', 'pool5', 'relu5', 'flatten'], why: 'its pool has the ReLU' },
  ])('cuda-convnet2: $order, $why', ({ from, order }) => {
    const names = createVariant('cuda-convnet2').graph.nodes.map(({ name }) => name);
    expect(names.slice(names.indexOf(from)).slice(0, 4)).toEqual(order);
  });

  it('torchvision drops before the hidden layers, Caffe after them', () => {
    const order = (id: string) =>
      createVariant(id)
        .graph.nodes.map(({ name }) => name)
        .filter((name) => /^(fc|dropout)/.test(name));
    expect(order('torchvision')).toEqual(['dropout6', 'fc6', 'dropout7', 'fc7', 'fc8']);
    expect(order('bvlc-alexnet')).toEqual(['fc6', 'dropout6', 'fc7', 'dropout7', 'fc8']);
  });

  it('torchvision takes other sizes, averaged to 6x6', () => {
    expect(
      costOf(createVariant('torchvision', { inputSize: 63 }).graph).nodes.find(({ name }) => name === 'pool5')?.shape,
    ).toEqual([256, 1, 1]);
    expect(costOf(createVariant('torchvision', { inputSize: 299 }).graph).parameters).toBe(61_100_840);
  });
});

describe('options', () => {
  it('width narrows every channel count and hidden layer, but not the classes', () => {
    const { nodes } = costOf(createVariant('bvlc-alexnet', { width: 1 / 16, classes: 10 }).graph);
    const out = nodes.filter(({ op }) => op === 'conv2d' || op === 'linear').map(({ shape }) => shape[0]);
    expect(out).toEqual([6, 16, 24, 24, 16, 256, 256, 10]);
  });

  const bad = (id: string, given: VariantOptions, says: string) => ({ id, given, says });
  it.each([
    bad('bvlc-alexnet', { classes: 0 }, 'classes'),
    bad('bvlc-alexnet', { classes: 2.5 }, 'classes'),
    bad('bvlc-alexnet', { classes: Number.NaN }, 'classes'),
    bad('bvlc-alexnet', { classes: 1_000_001 }, 'classes'),
    bad('bvlc-alexnet', { width: 0 }, 'width'),
    bad('bvlc-alexnet', { width: -1 }, 'width'),
    bad('bvlc-alexnet', { width: Number.NaN }, 'width'),
    bad('bvlc-alexnet', { width: Number.POSITIVE_INFINITY }, 'width'),
    bad('bvlc-alexnet', { width: 16.5 }, 'width'),
    bad('bvlc-alexnet', { width: '0.5' as unknown as number }, 'width'),
    bad('bvlc-alexnet', { inputSize: 224 }, 'bvlc-alexnet takes inputs of 227'),
    bad('torchvision', { inputSize: 62 }, 'from 63 to 8192 pixels, not 62'),
    bad('torchvision', { inputSize: 100_000 }, 'from 63 to 8192'),
    bad('torchvision', { inputSize: 224.5 }, 'not a whole number'),
    bad('eweill', { inputSize: 64 }, 'eweill takes inputs of 28, 32, 224'),
  ])('rejects $id $given', ({ id, given, says }) => {
    expect(() => createVariant(id, given)).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(says) }),
    );
  });

  it.each([
    { id: 'bvlc-alexnet', given: {}, labels: 'imagenet', why: 'as published' },
    { id: 'bvlc-alexnet', given: { width: 0.5 }, labels: 'imagenet', why: 'the classes are the same' },
    { id: 'bvlc-alexnet', given: { classes: 10 }, labels: undefined, why: "the user's own classes" },
    { id: 'onnx-zoo', given: { inputSize: 227 }, labels: 'imagenet', why: 'another size, the same classes' },
    { id: 'eweill', given: {}, labels: 'cifar10', why: 'CIFAR-10 at 32' },
    { id: 'eweill', given: { inputSize: 28 }, labels: undefined, why: 'digits at 28: as many classes, other names' },
  ])('$id $given has labels $labels: $why', ({ id, given, labels }) => {
    expect(createVariant(id, given).labels).toBe(labels);
  });

  it('names the variants that exist when asked for one that does not', () => {
    expect(() => createVariant('alexnet')).toThrow(
      expect.objectContaining({ code: 'unknown-name', message: expect.stringContaining('bvlc-alexnet') }),
    );
  });
});

describe.each(variantIds)('%s', (id) => {
  const variant = createVariant(id);

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(variant.graph))).toEqual(variant.graph);
  });

  it('is called what its graph is called and ends in prob', () => {
    expect(variant.graph.name).toBe(id);
    expect(variant.graph.outputs).toEqual(['prob']);
  });

  it('takes what its preprocessing makes', () => {
    expect(preprocessedShape(variant.preprocessing).slice(1)).toEqual(variant.graph.inputs[0]?.shape);
  });
});
