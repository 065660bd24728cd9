import { type Level, photographs } from '@alexnet/conformance';
import { createVariant, variantIds } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { ALL_PHOTOGRAPHS, networksOf } from './networks.ts';

const levels = Object.entries(networksOf) as [Level, (typeof networksOf)[Level]][];

describe('the networks of a level', () => {
  it('are, of the full one, every variant as published on every photograph, the most used first', () => {
    expect(networksOf.full.map(({ variant }) => variant).toSorted()).toEqual(variantIds.toSorted());
    expect(networksOf.full.slice(0, 2).map(({ variant }) => variant)).toEqual(['bvlc-alexnet', 'torchvision']);
    for (const plan of networksOf.full) expect(plan).toEqual({ variant: plan.variant, photographs: ALL_PHOTOGRAPHS });
    expect(photographs).toHaveLength(ALL_PHOTOGRAPHS);
  });

  it.each(levels)('can be built: %s', (_level, plans) => {
    for (const { variant, dimensions } of plans) expect(createVariant(variant, dimensions).graph.name).toBe(variant);
  });

  it('begin, at every level, with the same one, which is checked in all precisions', () => {
    expect(new Set(levels.map(([, [first]]) => first!.variant)).size).toBe(1);
  });
});
