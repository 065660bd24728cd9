import { annotateFusions, createVariant, inferShapes } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { defaultChoices } from './choices.ts';
import { segmentsOf } from './linear-weights.ts';
import { lower } from './lower.ts';
import { assignSlots, planBatch } from './plan.ts';
import type { Dispatch } from './step.ts';
import type { Declared } from './weights.ts';

const dispatch = (reads: string, writes: string): Dispatch => ({
  choice: { kernel: 'relu' },
  params: [],
  groups: [1, 1, 1],
  reads,
  writes,
  constants: [],
});

describe('slots of memory', () => {
  const chain = [dispatch('x', 'a'), dispatch('a', 'b'), dispatch('b', 'c'), dispatch('c', 'd')];
  const bytes = new Map([
    ['x', 16],
    ['a', 64],
    ['b', 32],
    ['c', 48],
    ['d', 16],
  ]);
  const slotsOf = (dispatches: Dispatch[], kept: string[]) =>
    assignSlots([{ nodes: 'n', dispatches }], bytes, new Set(['x']), new Set(kept));

  it('are two for a chain', () => {
    const { slotBytes } = slotsOf(chain, ['d']);
    expect(slotBytes).toHaveLength(2);
  });

  it.each([
    { why: 'a chain', dispatches: chain, kept: ['d'] },
    { why: 'a value that is read again later', dispatches: [...chain, dispatch('a', 'e')], kept: ['d', 'e'] },
    { why: 'a value that is kept', dispatches: chain, kept: ['b', 'd'] },
    { why: 'an input that is kept', dispatches: chain, kept: ['x', 'd'] },
  ])('never hold two values at once: $why', ({ dispatches, kept }) => {
    bytes.set('e', 80);
    const { slots, slotBytes } = slotsOf(dispatches, kept);
    const holds = new Map([[slots.get('x')!, 'x']]);
    for (const { reads, writes } of dispatches) {
      expect(holds.get(slots.get(reads)!)).toBe(reads);
      expect(slots.get(reads)).not.toBe(slots.get(writes));
      holds.set(slots.get(writes)!, writes);
    }
    for (const name of kept) expect(holds.get(slots.get(name)!)).toBe(name);
    for (const [name, slot] of slots) expect(slotBytes[slot]).toBeGreaterThanOrEqual(bytes.get(name)!);
  });
});

describe('segments of a linear weight', () => {
  it.each([
    { why: 'fc6 whole', shape: [4096, 9216], precision: 'f32', limit: 2 ** 30, count: 1 },
    { why: 'fc6 within what every device binds', shape: [4096, 9216], precision: 'f32', limit: 2 ** 27, count: 2 },
    { why: 'fc6 as 8 bits within it', shape: [4096, 9216], precision: 'q8', limit: 2 ** 27, count: 1 },
    { why: 'a ragged end', shape: [6, 4 * 21], precision: 'f32', limit: 8 * 128, count: 3 },
  ] as const)('$why', ({ shape, precision, limit, count }) => {
    const segments = segmentsOf({ shape, precision }, limit);
    expect(segments).toHaveLength(count);
    let next = 0;
    for (const { first, vectors } of segments) {
      expect(first).toBe(next);
      expect(first % 8).toBe(0); // where scales of q4 begin
      next += vectors;
    }
    expect(next).toBe(shape[1] / 4);
  });
});

describe('a plan of BVLC AlexNet', () => {
  const graph = annotateFusions(createVariant('bvlc-alexnet', { width: 1 / 8, classes: 10 }).graph);
  const declared: Declared = { constants: new Map(), linear: [] };
  const lowered = lower(graph, {
    precision: 'f32',
    choices: defaultChoices(true),
    bindingLimit: 2 ** 27,
    declared,
  });
  const network = {
    inputs: new Map(graph.inputs.map(({ name, shape }) => [name, shape])),
    outputs: ['prob'],
    shapes: inferShapes(graph).values,
    lowered,
  };
  const limits = { bytes: 2 ** 27, groups: 65_535 };

  it('fuses ReLU and reads each weight once', () => {
    expect(lowered.map(({ nodes }) => nodes)).toContain('conv1+relu1');
    const { steps } = planBatch(network, 3, limits);
    const read = steps.flatMap(({ dispatches }) => dispatches.flatMap((each) => each.constants));
    const matrices = declared.linear.flatMap(({ segments }) => segments.map(({ matrix }) => matrix));
    expect(new Set(read)).toEqual(new Set([...declared.constants.keys(), ...matrices]));
    expect(read).toHaveLength(new Set(read).size);
  });

  it('needs three slots of memory at most', () => {
    expect(planBatch(network, 3, limits).slotBytes.length).toBeLessThanOrEqual(3);
  });

  it.each([
    { why: 'more bytes than the device binds', limits: { ...limits, bytes: 2 ** 20 }, says: 'binds 1048576' },
    { why: 'more workgroups than it counts', limits: { ...limits, groups: 8 }, says: 'workgroups' },
  ])('refuses $why', ({ limits: tight, says }) => {
    expect(() => planBatch(network, 64, tight)).toThrow(
      expect.objectContaining({ code: 'out-of-memory', message: expect.stringContaining(says) }),
    );
  });
});
