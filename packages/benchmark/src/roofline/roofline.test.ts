import { buildGraph, costOf, type NodeTiming, referenceProvider } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { measured } from '../testing/records.ts';
import { floorsOf } from './floor.ts';
import { profileOf } from './profile.ts';
import { multiplying, rateOf, reading } from './rates.ts';
import { layersOf, rooflineOf } from './records.ts';

/** 3 x 6 x 7 through a convolution to 4 channels, then to 5 features. */
const graph = buildGraph('tiny', { name: 'input', shape: [3, 6, 7] })
  .conv2d('conv1', 4, 3)
  .relu('relu1')
  .flatten('flatten')
  .linear('fc2', 5)
  .build();
const macs = { conv1: 4 * 4 * 5 * 27, fc2: 4 * 4 * 5 * 5 };
const bytes = { conv1: 4 * (4 * 27 + 4), fc2: 4 * (80 * 5 + 5) };

describe('the floor of a layer', () => {
  it('is reading its weights or multiplying, whichever takes longer', () => {
    const rates = { bytesPerSecond: 1e6, macsPerSecond: 1e6 };
    expect(floorsOf(graph, 1, rates)).toEqual([
      { node: 'conv1', ms: macs.conv1 / 1000, bound: 'arithmetic' },
      { node: 'fc2', ms: bytes.fc2 / 1000, bound: 'memory' },
    ]);
  });

  it('grows with the batch once multiplying takes longer: weights are read once', () => {
    const rates = { bytesPerSecond: 1e6, macsPerSecond: 1e6 };
    expect(floorsOf(graph, 8, rates).map(({ ms, bound }) => [ms, bound])).toEqual([
      [(8 * macs.conv1) / 1000, 'arithmetic'],
      [(8 * macs.fc2) / 1000, 'arithmetic'],
    ]);
  });
});

describe('what is recorded', () => {
  const rates = { bytesPerSecond: 1e6, macsPerSecond: 1e6 };
  const floors = { conv1: macs.conv1 / 1000, fc2: bytes.fc2 / 1000 };

  it('of a network is its floor as a share of the median', () => {
    const p50Ms = 2 * (floors.conv1 + floors.fc2);
    expect(rooflineOf(measured({ p50Ms }), graph, rates)).toMatchObject({ ...rates, floorMs: p50Ms / 2, share: 0.5 });
    expect(rooflineOf(measured({ p50Ms: 0 }), graph, rates)).not.toHaveProperty('share');
  });

  it('of layers has floors where there are rates and weights, added up for those that run as one', () => {
    const timings = [
      { nodes: 'conv1+relu1', ms: 3 },
      { nodes: 'flatten', ms: 0.1 },
      { nodes: 'fc2', ms: 2 },
    ];
    const subject = { candidate: 'gpu', precision: 'f32' } as const;
    const at = { variant: 'tiny', graph, batch: 1 };
    const shared = { ...subject, variant: 'tiny', batch: 1 };
    expect(layersOf(subject, at, timings, rates)).toEqual([
      { ...shared, nodes: 'conv1+relu1', ms: 3, floorMs: floors.conv1, bound: 'arithmetic' },
      { ...shared, nodes: 'flatten', ms: 0.1 },
      { ...shared, nodes: 'fc2', ms: 2, floorMs: floors.fc2, bound: 'memory' },
    ]);
    expect(layersOf(subject, at, timings, undefined)[0]).toEqual({ ...shared, nodes: 'conv1+relu1', ms: 3 });
    const [together] = layersOf(subject, at, [{ nodes: 'conv1+relu1+flatten+fc2', ms: 9 }], rates);
    expect(together?.floorMs).toBeCloseTo(floors.conv1 + floors.fc2, 12);
  });
});

describe('a rate', () => {
  it('is that of the fastest run after the first', async () => {
    const clock = { ms: 0 };
    const backend = await referenceProvider().create();
    const durations = [500, 9, 8, 4, 6, 7, 8, 9, 8, 9];
    let runs = 0;
    let disposed = 0;
    const watched = {
      ...backend,
      async compile(...args: Parameters<typeof backend.compile>) {
        const program = await backend.compile(...args);
        return {
          ...program,
          run(inputs: Parameters<typeof program.run>[0]) {
            clock.ms += durations[runs++]!;
            return program.run(inputs);
          },
          async [Symbol.asyncDispose]() {
            disposed++;
          },
        };
      },
    };
    const rate = await rateOf(watched, { graph, amount: 1000 }, { now: () => clock.ms, seed: 1 });
    expect([rate, runs, disposed]).toEqual([1000 / 0.004, durations.length, 1]);
  });

  it.each([
    { peak: reading, of: 'weightBytes' as const },
    { peak: multiplying[0]!, of: 'macs' as const },
    { peak: multiplying[1]!, of: 'macs' as const },
  ])('counts the $of that its graph has: $peak.graph.name', ({ peak, of }) => {
    expect(costOf(peak.graph)[of]).toBe(peak.amount);
  });
});

describe('a profile', () => {
  const input = { shape: [1, 3, 6, 7], data: new Float32Array(126) };
  const runner = async (profiling: boolean, profile: () => Promise<NodeTiming[]>) => {
    const backend = await referenceProvider().create();
    return {
      backend: { ...backend, capabilities: { ...backend.capabilities, profiling } },
      program: {
        run: async () => ({}),
        memory: () => ({ hostBytes: 0, deviceBytes: 0 }),
        profile,
        async [Symbol.asyncDispose]() {},
      },
    };
  };

  it('is the median of a few runs, node by node', async () => {
    let n = 0;
    const times = [30, 2, 9, 3, 1];
    const profile = async () => [
      { nodes: 'conv1+relu1', ms: times[n++]! },
      { nodes: 'fc2', ms: 1 },
    ];
    expect(await profileOf(await runner(true, profile), input, () => 0)).toEqual([
      { nodes: 'conv1+relu1', ms: 3 },
      { nodes: 'fc2', ms: 1 },
    ]);
  });

  it('is not asked for where the backend declares none', async () => {
    const refuse = () => Promise.reject(new Error('unsupported'));
    expect(await profileOf(await runner(false, refuse), input, () => 0)).toBeUndefined();
  });
});
