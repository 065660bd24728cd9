import { describe, expect, it } from 'vitest';
import { variantDefinitions } from '../variants/index.ts';
import { labelSets } from './label-sets.ts';
import { topK } from './top-k.ts';

describe('label sets', () => {
  it.each([
    { id: 'imagenet', count: 1000 },
    { id: 'cifar10', count: 10 },
    { id: 'plantvillage', count: 38 },
  ] as const)('$id has $count names', ({ id, count }) => {
    expect(labelSets[id].names).toHaveLength(count);
    expect(labelSets[id].names.every((name) => name.trim() === name && name !== '')).toBe(true);
  });

  it.each(Object.entries(labelSets))('%s says its own id', (id, set) => {
    expect(set.id).toBe(id);
  });

  it('has both cranes of ImageNet, the bird and the machine', () => {
    const cranes = labelSets.imagenet.names.flatMap((name, index) => (/\bcrane\b/.test(name) ? [index] : []));
    expect(cranes).toEqual([134, 517]);
  });

  it.each([
    { id: 'imagenet', index: 0, name: 'tench' },
    { id: 'imagenet', index: 134, name: 'crane bird' },
    { id: 'imagenet', index: 150, name: 'sea lion' },
    { id: 'imagenet', index: 266, name: 'miniature poodle' },
    { id: 'imagenet', index: 340, name: 'zebra' },
    { id: 'imagenet', index: 355, name: 'llama' },
    { id: 'imagenet', index: 517, name: 'crane' },
    { id: 'imagenet', index: 999, name: 'toilet tissue' },
    { id: 'cifar10', index: 3, name: 'cat' },
    { id: 'plantvillage', index: 7, name: 'Corn_(maize)___Cercospora_leaf_spot Gray_leaf_spot' },
    { id: 'plantvillage', index: 37, name: 'Tomato___healthy' },
  ] as const)('$id $index is $name', ({ id, index, name }) => {
    expect(labelSets[id].names[index]).toBe(name);
  });

  it.each(variantDefinitions.filter(({ labels }) => labels !== undefined))(
    'name the classes of $id',
    ({ labels, classes }) => {
      expect(labelSets[labels!].names).toHaveLength(classes);
    },
  );
});

describe('top k', () => {
  const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minus } = Number;
  it.each([
    { why: 'largest first', values: [0.1, 0.7, 0.2], k: 2, want: [1, 2] },
    { why: 'equal values by index', values: [0.5, 0.2, 0.5, 0.5], k: 3, want: [0, 2, 3] },
    { why: 'NaN last, even behind minus infinity', values: [nan, minus, inf, 0], k: 4, want: [2, 3, 1, 0] },
    { why: 'no more than there are', values: [1], k: 5, want: [0] },
    { why: 'none', values: [1, 2], k: 0, want: [] },
  ])('$why', ({ values, k, want }) => {
    expect(topK(values, k).map(({ index }) => index)).toEqual(want);
  });

  it('gives the value with its index', () => {
    expect(topK(Float32Array.of(0.25, 0.75), 1)).toEqual([{ index: 1, value: 0.75 }]);
  });

  it.each([-1, 1.5, nan])('refuses k = %d', (k) => {
    expect(() => topK([1, 2, 3], k)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });
});
