import { memorySource } from '@alexnet/core';
import { openKeras } from '../keras/open-keras.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { readAll } from './read-all.ts';
import { rampOf, writeHdf5 } from './write-hdf5.ts';
import { zipBytes } from './zip-bytes.ts';

const model = {
  class_name: 'Sequential',
  config: {
    name: 'tiny',
    layers: [
      { class_name: 'Conv2D', config: { name: 'conv1', groups: 1 } },
      { class_name: 'BatchNormalization', config: { name: 'bn1', epsilon: 0.001 } },
      { class_name: 'Dense', config: { name: 'fc2' } },
    ],
  },
};

/** A file of the weights of Keras 3. */
function weightsFile(): Promise<Uint8Array> {
  const layer = (name: string, ...shapes: (readonly number[])[]) => ({
    groups: {
      vars: {
        attributes: { name },
        datasets: Object.fromEntries(shapes.map((shape, i) => [String(i), rampOf(shape, i)])),
      },
    },
  });
  return writeHdf5({
    groups: {
      layers: {
        groups: {
          conv2d: layer('conv1', [1, 2, 3, 2], [2]),
          batch_normalization: layer('bn1', [2], [2], [2], [2]),
          dense: layer('fc2', [2, 5], [5]),
        },
      },
    },
  });
}

/** A file of a model of Keras 2, with chunks that are compressed. */
function modelFile(structures: 'oldest' | 'newest'): Promise<Uint8Array> {
  const names = ['fc2/kernel:0', 'fc2/bias:0'];
  const file = {
    attributes: { keras_version: '2.15.0', model_config: JSON.stringify(model) },
    groups: {
      model_weights: {
        attributes: { layer_names: ['fc2'] },
        groups: {
          fc2: {
            attributes: { weight_names: names },
            groups: {
              fc2: { datasets: { 'kernel:0': { ...rampOf([6, 5]), chunks: [4, 2], level: 9 }, 'bias:0': rampOf([5]) } },
            },
          },
        },
      },
    },
  };
  return writeHdf5(file, structures);
}

/** Keras: HDF5 files of both kinds, and an archive. */
export const fuzzKeras: FuzzTarget = {
  name: 'keras',
  async corpus() {
    const weights = await weightsFile();
    const archive = zipBytes([
      { name: 'config.json', data: new TextEncoder().encode(JSON.stringify(model)), deflate: true },
      { name: 'metadata.json', data: new TextEncoder().encode('{"keras_version": "3.0.0"}') },
      { name: 'model.weights.h5', data: weights },
    ]);
    return [weights, await modelFile('oldest'), await modelFile('newest'), archive];
  },
  async read(bytes) {
    return readAll(await openKeras(memorySource(bytes)));
  },
};
