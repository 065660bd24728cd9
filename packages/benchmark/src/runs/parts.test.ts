import { describe, expect, it } from 'vitest';
import { networksOf } from './networks.ts';
import { type PartsPlan, partsOf } from './parts.ts';

const variantsOf = (plan: PartsPlan) => partsOf(plan).map(({ network }) => network?.variant);
const quick: PartsPlan = { level: 'quick', networks: networksOf.quick };

describe('the parts of a run', () => {
  it('are of the full level every network in every precision', () => {
    const stored = partsOf({ level: 'full', networks: networksOf.full }).slice(1);
    for (const { options } of stored) expect(options.storedNetworks).toBe(1);
  });

  it('are what needs no network, then each network; the first also in other precisions', () => {
    const parts = partsOf(quick);
    expect(parts.map(({ network }) => network?.variant)).toEqual([undefined, 'bvlc-alexnet', 'torchvision']);
    expect(parts.map(({ options }) => options.storedNetworks)).toEqual([undefined, 1, 0]);
    for (const { seconds } of parts) expect(seconds).toBeGreaterThan(0.1);
  });

  it.each([
    { select: ['op/relu/*'], variants: [undefined] },
    { select: ['network/torchvision/*'], variants: ['torchvision'] },
    { select: ['behaviour/memory', 'network/bvlc-alexnet/chelsea/fc8/q4'], variants: [undefined, 'bvlc-alexnet'] },
    { select: ['network/bvlc-alexnet/chelsea/prob/int8'], variants: ['bvlc-alexnet'] },
    { select: ['*'], variants: [undefined, 'bvlc-alexnet', 'torchvision'] },
  ])('are left out where nothing of them is selected: $select', ({ select, variants }) => {
    expect(variantsOf({ ...quick, select })).toEqual(variants);
  });

  it('exist for every variant at level full, batch norm included', () => {
    expect(variantsOf({ level: 'full', networks: networksOf.full })).toHaveLength(networksOf.full.length + 1);
  });
});
