import { createVariant, seededWeights, variantIds } from '@alexnet/core';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { differences, wrong } from './test-model.ts';

beforeAll(() => tf.setBackend('cpu'));

describe.each(variantIds)('%s in plain TensorFlow.js', (id) => {
  const { graph } = createVariant(id, { width: 1 / 16, classes: 10 });
  const weights = seededWeights(graph, 1);

  it('returns what the oracle does, for a batch', async () => {
    const [[name, difference]] = Object.entries(await differences(graph, weights, 2)) as [[string, number]];
    expect(name).toBe('prob');
    expect(difference).toBeLessThan(1e-5);
  });

  it('has every layer of the network', async () => {
    const outputs = graph.nodes.map(({ name }) => name);
    expect(wrong(await differences(graph, weights, 1, { outputs }))).toEqual({});
  });
});
