import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../graph/builder.ts';
import { seededWeights } from '../seeded.ts';
import { storesAt, weightsAsStored } from './as-stored.ts';
import { restoreWeight, storeWeight } from './store.ts';

const graph = buildGraph('small', { name: 'input', shape: [2, 5, 7] })
  .conv2d('conv1', 3, [2, 4])
  .relu('relu1')
  .flatten('flatten')
  .linear('fc2', 6)
  .relu('relu2')
  .linear('fc3', 11)
  .softmax('prob')
  .build();
const weights = seededWeights(graph, 1);

describe('storesAt', () => {
  it.each(['f16', 'q8', 'q4'] as const)(
    'names the weights of linear layers, and no bias or convolution: %s',
    (precision) => {
      expect(storesAt(graph, precision)).toEqual(['fc2.weight', 'fc3.weight']);
    },
  );

  it('names nothing for f32', () => {
    expect(storesAt(graph, 'f32')).toEqual([]);
  });

  it('names a weight once that two layers share', () => {
    const nodes = graph.nodes.map((node) => (node.name === 'fc3' ? { ...node, weight: 'fc2.weight' } : node));
    expect(storesAt({ ...graph, nodes }, 'q8')).toEqual(['fc2.weight']);
  });
});

describe('weightsAsStored', () => {
  it.each(['f16', 'q8', 'q4'] as const)(
    'replaces what is stored by what it means, and keeps all else: %s',
    (precision) => {
      const stored = weightsAsStored(graph, weights, precision);
      expect([...stored.keys()]).toEqual([...weights.keys()]);
      for (const [name, tensor] of weights) {
        const wanted = ['fc2.weight', 'fc3.weight'].includes(name)
          ? restoreWeight(storeWeight(tensor, precision))
          : tensor;
        expect(stored.get(name)).toEqual(wanted);
      }
      expect(stored.get('fc3.weight')).not.toEqual(weights.get('fc3.weight'));
      expect(stored.get('conv1.weight')).toBe(weights.get('conv1.weight'));
    },
  );

  it('gives the same map back for f32', () => {
    expect(weightsAsStored(graph, weights, 'f32')).toBe(weights);
  });

  it.each([
    { why: 'a missing weight', change: undefined, says: 'fc3.weight is missing' },
    {
      why: 'a NaN',
      change: { shape: [11, 6], data: new Float32Array(66).fill(Number.NaN) },
      says: 'fc3.weight holds 66 NaN',
    },
  ])('names the tensor that cannot be stored: $why', ({ change, says }) => {
    const wrong = new Map(weights);
    if (change === undefined) wrong.delete('fc3.weight');
    else wrong.set('fc3.weight', change);
    expect(() => weightsAsStored(graph, wrong, 'q8')).toThrow(
      expect.objectContaining({ code: 'invalid-weights', message: expect.stringContaining(says) }),
    );
  });
});
