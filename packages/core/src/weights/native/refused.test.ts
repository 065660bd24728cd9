import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../graph/builder.ts';
import type { Shape } from '../../tensor.ts';
import { seededWeights } from '../seeded.ts';
import { variant, weights, writeSmall } from './testing/small-network.ts';

describe('what cannot be written', () => {
  const nan = new Map([
    ...weights,
    ['fc6.weight', { shape: [204, 432], data: new Float32Array(204 * 432).fill(Number.NaN) }],
  ]);
  const graph = buildGraph('long', { name: 'input', shape: [2, 23, 29] })
    .flatten('flatten')
    .linear('fc', 3)
    .softmax('prob')
    .build();
  const long = { variant: { ...variant, graph }, weights: seededWeights(graph, 1) };
  const meanImage: Shape = [3, 227, 227];
  const image = { kind: 'image' as const, image: { shape: meanImage, data: new Float32Array(3 * 227 * 227) } };

  it.each([
    {
      why: 'a missing weight',
      options: { weights: new Map([...weights].slice(1)) },
      code: 'invalid-weights',
      says: 'conv1.weight is missing',
    },
    { why: 'NaN in q4', options: { weights: nan }, code: 'invalid-weights', says: 'NaN' },
    { why: 'NaN in dc', options: { weights: nan, precision: 'dc' as const }, code: 'invalid-weights', says: 'NaN' },
    {
      why: 'q8 convolutions',
      options: { precisions: new Map([['conv1.weight', 'q8' as const]]) },
      code: 'invalid-input',
      says: 'conv1.weight',
    },
    {
      why: 'a parameter that is not there',
      options: { precisions: new Map([['fc9.weight', 'q8' as const]]) },
      code: 'unknown-name',
      says: 'fc9.weight',
    },
    {
      why: 'a dc parameter without a recipe',
      options: { precisions: new Map([['fc6.bias', 'dc' as const]]) },
      code: 'invalid-input',
      says: 'fc6.bias',
    },
    {
      why: 'a density above 1',
      options: { precision: 'dc' as const, dcRecipe: new Map([['fc6.weight', { density: 2, bits: 5 }]]) },
      code: 'invalid-input',
      says: 'density',
    },
    {
      why: 'nine bits',
      options: { precision: 'dc' as const, dcRecipe: new Map([['fc6.weight', { density: 0.1, bits: 9 }]]) },
      code: 'invalid-input',
      says: 'bits',
    },
    { why: 'tiny shards', options: { shardBytes: 100 }, code: 'invalid-input', says: '4096' },
    {
      why: 'a row that is longer than a shard',
      options: { ...long, precision: 'f32' as const, shardBytes: 4096 },
      code: 'invalid-input',
      says: 'row',
    },
    {
      why: 'a mean image',
      options: { variant: { ...variant, preprocessing: { ...variant.preprocessing, mean: image } } },
      code: 'unsupported',
      says: 'mean image',
    },
    {
      why: 'an importance of another length',
      options: { importance: new Map([['fc6.weight', new Float32Array(3)]]) },
      code: 'invalid-input',
      says: '432',
    },
    { why: 'labels of another number', options: { labels: ['a'] }, code: 'invalid-input', says: 'labels' },
    { why: 'work that was cancelled', options: { signal: AbortSignal.abort() }, code: 'aborted', says: 'cancelled' },
  ])('is $why', async ({ options, code, says }) => {
    await expect(writeSmall({ precision: 'q4', ...options })).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(says) }),
    );
  });
});
