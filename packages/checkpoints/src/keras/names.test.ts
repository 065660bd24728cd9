import { memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { type Hdf5Spec, rampOf, writeHdf5 } from '../testing/write-hdf5.ts';
import { zipBytes } from '../testing/zip-bytes.ts';
import { openKeras } from './open-keras.ts';

const open = async (spec: Hdf5Spec) => openKeras(memorySource(await writeHdf5(spec)));
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('names of Keras', () => {
  it('come from the lists of Keras 2, without the numbers of TensorFlow', async () => {
    const group = (...names: string[]): Hdf5Spec => ({ attributes: { weight_names: names } });
    const { tensors, layers, others, metadata } = await open({
      attributes: { layer_names: ['input_1', 'dense', 'conv'], backend: 'tensorflow', keras_version: '2.4.0' },
      groups: {
        input_1: { attributes: { weight_names: [] } },
        conv: {
          ...group('conv_1/kernel:0', 'conv_1/bias:0'),
          groups: { conv_1: { datasets: { 'kernel:0': rampOf([2, 2, 1, 3]), 'bias:0': rampOf([3]) } } },
        },
        dense: { ...group('dense/kernel:0'), groups: { dense: { datasets: { 'kernel:0': rampOf([4, 2]) } } } },
        optimizer_weights: { datasets: { 'iterations:0': rampOf([1]) } },
      },
    });
    expect([...tensors.keys()]).toEqual(['dense/kernel', 'conv/kernel', 'conv/bias']);
    expect(layers!.map(({ name, op }) => `${name} ${op}`)).toEqual(['dense linear', 'conv conv2d']);
    expect(others).toEqual(['optimizer_weights/iterations:0']);
    expect(metadata).toEqual({ backend: 'tensorflow', keras_version: '2.4.0' });
  });

  it('are those of the layers inside, where a layer is a model', async () => {
    const { tensors } = await open({
      attributes: { layer_names: ['features'] },
      groups: {
        features: {
          attributes: { weight_names: ['conv1/kernel:0', 'conv2/kernel:0'] },
          groups: {
            conv1: { datasets: { 'kernel:0': rampOf([1, 1, 1, 2]) } },
            conv2: { datasets: { 'kernel:0': rampOf([1, 1, 2, 1]) } },
          },
        },
      },
    });
    expect([...tensors.keys()]).toEqual(['conv1/kernel', 'conv2/kernel']);
  });

  it('may be listed in several attributes', async () => {
    const layer = {
      attributes: { weight_names: ['w/kernel'] },
      groups: { w: { datasets: { kernel: rampOf([2, 3]) } } },
    };
    const { layers } = await open({
      attributes: { layer_names0: ['a'], layer_names1: ['b'] },
      groups: { a: layer, b: layer },
    });
    expect(layers!.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  const vars = (...shapes: (readonly number[])[]): Hdf5Spec => ({
    groups: { vars: { datasets: Object.fromEntries(shapes.map((shape, i) => [`${i}`, rampOf(shape)])) } },
  });
  const automatic: Hdf5Spec = {
    groups: {
      layers: {
        groups: {
          conv2d: vars([3, 3, 1, 4], [4]),
          conv2d_1: vars([3, 3, 4, 5], [5]),
          conv2d_10: vars([3, 3, 5, 6], [6]),
          batch_normalization: vars([4], [4], [4], [4]),
          batch_normalization_1: vars([7], [7], [7], [7]),
          dense: vars([6, 7], [7]),
          dropout: { groups: { seed_generator: vars([2]) } },
        },
      },
      optimizer: vars([1]),
    },
  };

  it('are counted by Keras 3 where nothing tells them, and the order is that of computing', async () => {
    const { tensors, layers, others } = await open(automatic);
    expect(layers!.map(({ name, op }) => `${name} ${op}`)).toEqual([
      'conv2d conv2d',
      'batch_normalization batchNorm',
      'conv2d_1 conv2d',
      'conv2d_10 conv2d',
      'dense linear',
      'batch_normalization_1 batchNorm',
    ]);
    expect(tensors.get('conv2d_10/kernel')!.shape).toEqual([3, 3, 5, 6]);
    expect(others.toSorted()).toEqual(['layers/dropout/seed_generator/vars/0', 'optimizer/vars/0']);
  });

  it('come from the description beside the weights, which counts layers per class', async () => {
    const layer = (class_name: string, name: string, config: object = {}) => ({
      class_name,
      config: { name, ...config },
    });
    const layers = [
      layer('InputLayer', 'image'),
      layer('Conv2D', 'first'),
      layer('BatchNormalization', 'norm', { epsilon: 0.5, scale: false }),
      layer('Conv2D', 'second', { groups: 2 }),
      { class_name: 'Sequential', config: { name: 'head', layers: [layer('Dense', 'last')] } },
    ];
    const { groups } = automatic.groups!['layers']!;
    const weights = await writeHdf5({
      groups: {
        layers: {
          groups: {
            conv2d: groups!['conv2d']!,
            conv2d_1: groups!['conv2d_1']!,
            batch_normalization: vars([4], [4], [4]),
            dense: groups!['dense']!,
          },
        },
      },
    });
    const opened = await openKeras(
      memorySource(
        zipBytes([
          { name: 'metadata.json', data: utf8('{"keras_version": "3.1.0"}') },
          {
            name: 'config.json',
            data: utf8(JSON.stringify({ class_name: 'Functional', config: { name: 'net', layers } })),
            deflate: true,
          },
          { name: 'model.weights.h5', data: weights, deflate: true },
          { name: 'assets/readme.txt', data: utf8('hello') },
        ]),
      ),
    );
    expect(opened.layers).toEqual([
      { name: 'first', op: 'conv2d', weight: 'first/kernel', bias: 'first/bias' },
      {
        name: 'norm',
        op: 'batchNorm',
        bias: 'norm/beta',
        mean: 'norm/moving_mean',
        variance: 'norm/moving_variance',
        epsilon: 0.5,
      },
      { name: 'second', op: 'conv2d', weight: 'second/kernel', bias: 'second/bias', groups: 2 },
      { name: 'last', op: 'linear', weight: 'last/kernel', bias: 'last/bias' },
    ]);
    expect(opened.metadata).toEqual({ keras_version: '3.1.0', name: 'net' });
    expect(opened.others).toEqual(['assets/readme.txt']);
  });

  it('stay numbers where gamma and beta cannot be told apart', async () => {
    const { tensors, layers } = await open({
      groups: { layers: { groups: { batch_normalization: vars([4], [4], [4]) } } },
    });
    expect([...tensors.keys()]).toEqual(['batch_normalization/0', 'batch_normalization/1', 'batch_normalization/2']);
    expect(layers).toEqual([]);
  });
});
