import { memorySource } from '@alexnet/core';
import { openTfjs } from '../tfjs/open-tfjs.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { readAll } from './read-all.ts';

const layersModel = {
  format: 'layers-model',
  modelTopology: {
    model_config: {
      class_name: 'Sequential',
      config: {
        layers: [
          { class_name: 'Conv2D', config: { name: 'conv1', groups: 1 } },
          { class_name: 'BatchNormalization', config: { name: 'bn1', epsilon: 0.001 } },
        ],
      },
    },
  },
  weightsManifest: [
    {
      paths: ['a.bin', 'b.bin'],
      weights: [
        { name: 'conv1/kernel', shape: [1, 2, 3, 2], dtype: 'float32' },
        {
          name: 'conv1/bias',
          shape: [2],
          dtype: 'float32',
          quantization: { dtype: 'uint8', scale: 0.5, min: -1 },
        },
        ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map((leaf) => ({
          name: `bn1/${leaf}`,
          shape: [2],
          dtype: 'float32',
          quantization: { dtype: 'float16' },
        })),
      ],
    },
  ],
};

const node = (name: string, op: string, input: readonly string[] = [], attr: object = {}) => ({
  name,
  op,
  input,
  attr,
});
const biased = { fused_ops: { list: { s: [btoa('BiasAdd'), btoa('Relu')] } } };

const graphModel = {
  format: 'graph-model',
  userDefinedMetadata: { graph: 'tiny' },
  modelTopology: {
    node: [
      node('input', 'Placeholder'),
      ...['axis', 'w/group1of2', 'w/group2of2', 'b/group1of2', 'b/group2of2', 'fc', 'shape'].map((name) =>
        node(name, 'Const'),
      ),
      node('slices', 'Split', ['axis', 'input']),
      node('one', '_FusedConv2D', ['slices', 'w/group1of2', 'b/group1of2'], biased),
      node('two', '_FusedConv2D', ['slices:1', 'w/group2of2', 'b/group2of2'], biased),
      node('both', 'ConcatV2', ['one', 'two', 'axis']),
      node('flat', 'Reshape', ['both', 'shape']),
      node('out', 'MatMul', ['flat', 'fc'], { transpose_b: { b: true } }),
    ],
  },
  weightsManifest: [
    {
      paths: ['a.bin', 'b.bin'],
      weights: [
        { name: 'axis', shape: [], dtype: 'int32' },
        { name: 'w/group1of2', shape: [1, 1, 2, 2], dtype: 'float32' },
        { name: 'b/group1of2', shape: [2], dtype: 'float32' },
        { name: 'w/group2of2', shape: [1, 1, 2, 2], dtype: 'float32' },
        { name: 'b/group2of2', shape: [2], dtype: 'float32' },
        { name: 'fc', shape: [2, 1], dtype: 'float32' },
        { name: 'shape', shape: [6], dtype: 'uint8' },
      ],
    },
  ],
};

/** The files that both models name; together 66 bytes. */
const shards: Readonly<Record<string, Uint8Array>> = {
  'a.bin': Uint8Array.from({ length: 25 }, (_, i) => i),
  'b.bin': Uint8Array.from({ length: 41 }, (_, i) => 2 * i),
};

/** TensorFlow.js: a model.json of both kinds; only this is mutated, for weights may be any bytes. */
export const fuzzTfjs: FuzzTarget = {
  name: 'tfjs',
  async corpus() {
    return [layersModel, graphModel].map((model) => new TextEncoder().encode(JSON.stringify(model)));
  },
  async read(bytes) {
    const file = await openTfjs(memorySource(bytes), {
      async sibling(path) {
        const shard = Object.hasOwn(shards, path) ? shards[path] : undefined;
        return shard && memorySource(shard, path);
      },
    });
    return readAll(file);
  },
};
