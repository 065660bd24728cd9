import { sizeOf } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { layer, manifest, node, openModel } from '../testing/tfjs-model.ts';
import { bytesOf, valuesOf } from '../testing/values.ts';

describe('a layers model', () => {
  const model = {
    class_name: 'Sequential',
    config: { name: 'net', layers: [layer('Dense', 'fc'), layer('BatchNormalization', 'bn', { epsilon: 0.25 })] },
  };
  const weights = [
    { name: 'bn/moving_mean', shape: [2], dtype: 'float32' },
    { name: 'bn/moving_variance', shape: [2], dtype: 'float32' },
    { name: 'fc/kernel', shape: [2, 2], dtype: 'float32' },
    { name: 'fc/kernel/m', shape: [1], dtype: 'float32', group: 'optimizer' },
  ];
  const values = bytesOf(Float32Array.from({ length: 9 }, (_, i) => i));

  it.each([
    { who: 'TensorFlow.js', modelTopology: model },
    { who: "Keras's converter", modelTopology: { keras_version: '2.15', model_config: model } },
  ])('of $who has its layers in order', async ({ modelTopology }) => {
    const file = await openModel({ ...manifest(weights), format: 'layers-model', modelTopology }, { 'w.bin': values });
    expect(file.layers).toEqual([
      { name: 'fc', op: 'linear', weight: 'fc/kernel' },
      { name: 'bn', op: 'batchNorm', mean: 'bn/moving_mean', variance: 'bn/moving_variance', epsilon: 0.25 },
    ]);
    expect(file.others).toEqual(['fc/kernel/m']);
    expect(await valuesOf(file, 'fc/kernel')).toEqual([4, 5, 6, 7]);
  });
});

describe('a graph model', () => {
  const constants = ['w', 'b', 'g', 'h', 'm', 'v', 'f', 'order', 'shape'].map((name) => node(name, 'Const'));
  const shapes: Readonly<Record<string, readonly number[]>> = {
    w: [1, 1, 1, 2],
    b: [2],
    g: [2],
    h: [2],
    m: [2],
    v: [2],
    f: [2, 3],
  };
  const weights = Object.entries(shapes).map(([name, shape]) => ({ name, shape, dtype: 'float32' }));
  const bytes = new Uint8Array(4 * Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0));
  const layersOf = async (nodes: readonly object[]) =>
    (await openModel({ ...manifest(weights), modelTopology: { node: nodes } }, { 'w.bin': bytes })).layers;

  it.each<{ what: string; nodes: readonly object[]; want: readonly object[] }>([
    {
      what: 'a convolution with its bias after it',
      nodes: [node('c', 'Conv2D', ['x', 'w']), node('r', 'BiasAdd', ['c', 'b'])],
      want: [{ name: 'c', op: 'conv2d', weight: 'w', bias: 'b' }],
    },
    {
      what: 'a weight behind an Identity',
      nodes: [node('read', 'Identity', ['w']), node('c', 'Conv2D', ['x', 'read'])],
      want: [{ name: 'c', op: 'conv2d', weight: 'w' }],
    },
    {
      what: 'a convolution that several nodes read, one of which adds',
      nodes: [node('c', 'Conv2D', ['x', 'w']), node('r', 'AddV2', ['c', 'b']), node('s', 'Relu', ['c'])],
      want: [{ name: 'c', op: 'conv2d', weight: 'w' }],
    },
    {
      what: 'batch norm',
      nodes: [node('n', 'FusedBatchNormV3', ['x', 'g', 'h', 'm', 'v'], { epsilon: { f: 0.01 } })],
      want: [{ name: 'n', op: 'batchNorm', weight: 'g', bias: 'h', mean: 'm', variance: 'v', epsilon: 0.01 }],
    },
    {
      what: 'a transposed weight, after an image in the order CHW',
      nodes: [
        node('t', 'Transpose', ['x', 'order']),
        node('flat', 'Reshape', ['t', 'shape']),
        node('l', 'MatMul', ['flat', 'f'], { transpose_b: { b: true } }),
      ],
      want: [{ name: 'l', op: 'linear', weight: 'f', layout: { linear: 'OI', flatten: 'CHW' } }],
    },
    {
      what: 'layers that are listed in another order than they compute',
      nodes: [node('l', 'MatMul', ['c', 'f']), node('c', 'Conv2D', ['x', 'w'])],
      want: [
        { name: 'c', op: 'conv2d', weight: 'w' },
        { name: 'l', op: 'linear', weight: 'f' },
      ],
    },
    {
      what: 'a loop, which is left out',
      nodes: [node('c', 'Conv2D', ['l', 'w']), node('l', 'Relu', ['c'])],
      want: [],
    },
  ])('tells $what', async ({ nodes, want }) => {
    expect(await layersOf([...constants, node('x', 'Placeholder'), ...nodes])).toEqual(want);
  });

  it('joins convolutions only where they are groups', async () => {
    const parts = (ports: readonly [string, string]) => [
      ...constants,
      node('x', 'Placeholder'),
      node('s', 'Split', ['shape', 'x']),
      node('one', 'Conv2D', [ports[0], 'w']),
      node('two', 'Conv2D', [ports[1], 'w']),
      node('both', 'ConcatV2', ['one', 'two', 'shape']),
    ];
    const single = (name: string) => ({ name, op: 'conv2d', weight: 'w' });
    expect(await layersOf(parts(['s', 's:1']))).toEqual([
      { name: 'both', op: 'conv2d', weight: 'both/kernel', groups: 2 },
    ]);
    expect(await layersOf(parts(['s:1', 's']))).toEqual([single('one'), single('two')]);
    expect(await layersOf(parts(['x', 'x']))).toEqual([single('one'), single('two')]);
  });
});
