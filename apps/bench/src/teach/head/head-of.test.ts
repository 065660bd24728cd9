import { createVariant, inferShapes, variantIds } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { headOf } from './head-of.ts';

describe('the head of a network', () => {
  it.each(variantIds)('of %s is the layer that tells its classes apart', (id) => {
    const { graph } = createVariant(id, { width: 1 / 16, classes: 7 });
    const { weight, bias, reads, features } = headOf(graph);
    const shapes = new Map(graph.parameters.map(({ name, shape }) => [name, shape]));
    expect([shapes.get(weight), shapes.get(bias)]).toEqual([[7, features], [7]]);
    expect(inferShapes(graph).values.get(reads)).toEqual([features]);
    expect(graph.nodes.find(({ name }) => name === reads)?.op).not.toBe('dropout');
  });

  it('has norms where batch norm follows it', () => {
    const norms = variantIds.map((id) => headOf(createVariant(id, { width: 1 / 16 }).graph).norms.length);
    expect(new Set(norms)).toEqual(new Set([0, 1]));
  });

  it('is missed where a network goes on after it', () => {
    const { graph } = createVariant('torchvision', { width: 1 / 16 });
    const { nodes } = graph;
    const relu = { op: 'relu', name: 'relu8', inputs: ['fc8'] } as const;
    const longer = { ...graph, nodes: [...nodes.slice(0, -1), relu] };
    expect(() => headOf(longer)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});
