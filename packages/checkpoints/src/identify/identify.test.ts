import { createVariant, type Shape, variantIds } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import type { CheckpointFile, CheckpointOp } from '../checkpoint-file.ts';
import { fakeFile, fakeTensor } from '../testing/fake-file.ts';
import { candidatesOf } from './candidates.ts';
import { differencesOf } from './distinctions.ts';
import { identify } from './identify.ts';

/** A file with the tensors of a variant; no values, which nobody asks for. */
function fileOf(id: string, options: { classes?: number; width?: number } = {}, rest: Partial<CheckpointFile> = {}) {
  const { graph } = createVariant(id, options);
  const empty = (shape: Shape) => fakeTensor(shape, 'F32', new Uint8Array(0));
  return fakeFile(
    graph.parameters.map(({ name, shape }) => [rename(name, rest), empty(shape)] as const),
    rest,
  );
}

function rename(name: string, { format }: Partial<CheckpointFile>): string {
  if (format !== 'pytorch') return name;
  const modules: Record<string, string> = {
    conv1: 'features.0',
    conv2: 'features.3',
    conv3: 'features.6',
    conv4: 'features.8',
    conv5: 'features.10',
    fc6: 'classifier.1',
    fc7: 'classifier.4',
    fc8: 'classifier.6',
  };
  return name.replace(/^\w+/, (layer) => modules[layer]!);
}

const groups = [
  ['paper', 'bvlc-alexnet', 'caffenet', 'kratzert', 'guerzhoy', 'onnx-zoo'],
  ['torchvision', 'cuda-convnet2'],
];
const alike = (id: string) => groups.find((group) => group.includes(id)) ?? [id];

describe.each(variantIds)('a file with the tensors of %s', (id) => {
  it.each([{}, { classes: 7 }, { width: 1 / 16 }, { width: 0.3, classes: 1 }])(
    'fits it and the variants with the same tensors, and no other, at %j',
    (options) => {
      const found = candidatesOf(fileOf(id, options));
      expect(found.map(({ variant }) => variant.id)).toEqual(alike(id));
      const wanted = createVariant(id, options).graph.parameters;
      for (const { variant } of found) expect(variant.graph.parameters).toEqual(wanted);
    },
  );

  it('tells which it is when its name is known', () => {
    const { variant, options, evidence } = identify(fileOf(id, { classes: 7 }, { metadata: { variant: id } }));
    expect([variant.id, options.classes, options.width]).toEqual([id, 7, 1]);
    expect(evidence.length).toBe(alike(id).length > 1 ? 1 : 0);
  });

  it('can say what tells it from those', () => {
    expect(differencesOf(id) === 'see its definition').toBe(alike(id).length === 1);
  });
});

it('takes the input size that the tensors tell', () => {
  const { graph } = createVariant('eweill', { inputSize: 28, width: 1 / 16 });
  const file = fakeFile(graph.parameters.map(({ name, shape }) => [name, fakeTensor(shape)] as const));
  expect(identify(file).options).toEqual({ classes: 10, width: 1 / 16, inputSize: 28 });
});

describe('clues', () => {
  const order = (...ops: CheckpointOp['op'][]) => ops.map((op) => ({ op }));
  const tail = order(
    'conv2d',
    'relu',
    'conv2d',
    'relu',
    'conv2d',
    'relu',
    'maxPool2d',
    'linear',
    'relu',
    'linear',
    'relu',
    'linear',
  );
  const stage = (...ops: CheckpointOp['op'][]) => [...order('conv2d', 'relu'), ...order(...ops)];
  const normFirst = [...stage('lrn', 'maxPool2d'), ...stage('lrn', 'maxPool2d'), ...tail];
  const poolFirst = [...stage('maxPool2d', 'lrn'), ...stage('maxPool2d', 'lrn'), ...tail];
  const withLrn = (ops: readonly CheckpointOp[], settings: Partial<CheckpointOp>) =>
    ops.map((op) => (op.op === 'lrn' ? { ...op, ...settings } : op));

  it.each<[what: string, file: CheckpointFile, id: string, evidence: string]>([
    [
      'the name in a caffemodel',
      fileOf('caffenet', {}, { format: 'caffe', metadata: { name: 'AlexNet' } }),
      'bvlc-alexnet',
      'has its name',
    ],
    [
      'the name in a caffemodel',
      fileOf('caffenet', {}, { format: 'caffe', metadata: { name: 'CaffeNet' } }),
      'caffenet',
      'has its name',
    ],
    [
      'the order, more than the name',
      fileOf('caffenet', {}, { format: 'caffe', ops: poolFirst, metadata: { name: 'AlexNet' } }),
      'caffenet',
      'in its order',
    ],
    [
      'order and name',
      fileOf('caffenet', {}, { format: 'caffe', ops: normFirst, metadata: { name: 'AlexNet' } }),
      'bvlc-alexnet',
      'in its order',
    ],
    [
      'the constants of the normalisation',
      fileOf('paper', {}, { format: 'onnx', ops: withLrn(normFirst, { alpha: 5e-4, bias: 2 }) }),
      'paper',
      'in its order',
    ],
    ['names', fileOf('torchvision', {}, { format: 'pytorch' }), 'torchvision', 'such names'],
    ['the format', fileOf('bvlc-alexnet', {}, { format: 'deep-compression' }), 'bvlc-alexnet', 'in this format'],
    [
      'what a graph is called',
      fileOf('guerzhoy', {}, { format: 'onnx', metadata: { graph: 'guerzhoy' } }),
      'guerzhoy',
      'names it',
    ],
  ])('%s tell: %# is %3$s', (_what, file, id, evidence) => {
    const told = identify(file);
    expect(told.variant.id).toBe(id);
    expect(told.evidence.join()).toContain(evidence);
  });

  it('that point to nothing that fits are no clues', () => {
    const file = fileOf('torchvision', {}, { metadata: { variant: 'caffenet', name: 'AlexNet' }, ops: poolFirst });
    expect(() => identify(file)).toThrow(/torchvision .*cuda-convnet2/);
  });

  it('do not guess: two networks of Caffe stay two', () => {
    const file = fileOf('caffenet', {}, { format: 'caffe', metadata: { name: 'my net' } });
    expect(() => identify(file)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringMatching(
          /6 networks.*bvlc-alexnet \(normalises, then pools.*caffenet \(pools, then.*`--variant`/,
        ),
      }),
    );
  });
});

describe('a variant that is named', () => {
  it('is taken, with the classes and the width of the file', () => {
    const { variant, options } = identify(fileOf('caffenet', { classes: 3, width: 0.5 }), { variant: 'kratzert' });
    expect([variant.id, options]).toEqual(['kratzert', { classes: 3, width: 0.5, inputSize: 227 }]);
    expect(variant.preprocessing.channels).toBe('BGR');
  });

  it('keeps the sizes that were asked for, so that what does not fit can be said', () => {
    const { options } = identify(fileOf('caffenet', { classes: 3 }), { variant: 'kratzert', classes: 1000 });
    expect(options.classes).toBe(1000);
  });

  it('has to exist', () => {
    expect(() => identify(fileOf('caffenet'), { variant: 'alexnet' })).toThrow(
      expect.objectContaining({ code: 'unknown-name' }),
    );
  });
});

describe('a file that fits no variant', () => {
  const rest = (file: CheckpointFile, ...more: (readonly [string, Shape])[]) =>
    fakeFile([
      ...file.tensors,
      ...more.map(([name, shape]) => [name, fakeTensor(shape, 'F32', new Uint8Array(0))] as const),
    ]);
  const without = (file: CheckpointFile, name: string) =>
    fakeFile([...file.tensors].filter(([other]) => other !== name));

  it('is told what the nearest one misses', () => {
    expect(() => identify(without(fileOf('engmrk'), 'conv4.bias'))).toThrow(
      expect.objectContaining({
        code: 'invalid-weights',
        message: expect.stringMatching(/engmrk comes nearest, of which 17 match: missing: conv4\.bias/),
      }),
    );
  });

  it('is told what is in it when nothing is known', () => {
    expect(() => identify(fakeFile([['layer', fakeTensor([3, 4])]]))).toThrow(/tensors of no variant: layer 3x4/);
    expect(() => identify(fakeFile([]))).toThrow(/it has none/);
  });

  it('is asked about when it has all tensors of one, and more weights', () => {
    const file = rest(fileOf('textbook'), ['bn1.gamma', [96]], ['step', []]);
    expect(() => identify(file)).toThrow(/all tensors of textbook and 1 more \(bn1\.gamma\)/);
    expect(identify(file, { variant: 'textbook' }).variant.id).toBe('textbook');
  });
});
