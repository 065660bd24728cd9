import {
  type Backend,
  buildGraph,
  precisions,
  seededWeights,
  sourceOfWeights,
  storeWeight,
  type WeightSource,
} from '@alexnet/core';
import { watchedSource } from '@alexnet/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BackendSetup, createBackend } from '../backend.ts';
import { gpu as testGpu } from '../testing/gpu.ts';
import { type Watched, watch } from '../testing/watched-gpu.ts';

/** `fc1` has 13 rows of 150 values: in both directions the last vec4 is filled up. */
const graph = buildGraph('small', { name: 'x', shape: [3, 8, 9] })
  .conv2d('conv', 5, 3, { stride: 2 })
  .batchNorm('norm', 1e-3)
  .relu('relu')
  .pad2d('pad', { bottom: 2, right: 1, left: 0, top: 1 })
  .flatten('flat')
  .linear('fc1', 13)
  .relu('relu1')
  .linear('fc2', 6)
  .build();
const weights = seededWeights(graph, 3);
const x = { shape: [2, 3, 8, 9], data: Float32Array.from({ length: 432 }, (_, i) => (((i * 71) % 113) - 56) / 40) };
const features = weights.get('fc1.weight')!.shape[1]!;

/** Four rows at a time, and a weight in several buffers. */
const pieces = { chunkBytes: 16 * features, maxBindingBytes: 4096 };

/** 6 for the convolution with its norm, 4 for fc1, 1 for its bias, 2 for fc2. */
const READS = 13;

let watched: Watched;
const open = (setup: Partial<BackendSetup> = pieces) =>
  createBackend({ id: 'webgpu', gpu: watched.gpu, engine: 'Dawn', limits: 'default', ...setup });

beforeEach(() => {
  if (testGpu === undefined) return;
  watched = watch(testGpu, { guards: true });
});

describe.skipIf(testGpu === undefined)('weights in pieces', () => {
  let whole: Backend;
  let pieced: Backend;
  beforeAll(async () => {
    watched = watch(testGpu!, { guards: true });
    whole = await open({ maxBindingBytes: 4096 });
    pieced = await open();
  });
  afterAll(async () => {
    await whole[Symbol.asyncDispose]();
    await pieced[Symbol.asyncDispose]();
  });

  it.each(precisions)('give the bits that weights in memory give at once: %s', async (precision) => {
    await using want = await whole.compile(graph, weights, { precision });
    await using got = await pieced.compile(
      graph,
      watchedSource(weights, () => {}),
      { precision },
    );
    expect(await got.run({ x })).toEqual(await want.run({ x }));
    expect(got.memory()).toEqual(want.memory());
  });
});

describe.skipIf(testGpu === undefined)('weights that are still arriving', () => {
  it('are used as they are stored, where they are stored as is wanted', async () => {
    const q8 = storeWeight(weights.get('fc1.weight')!, 'q8');
    if (q8.precision !== 'q8') throw new Error('not q8');
    const plain = sourceOfWeights(weights);
    const scaled = (by: number): WeightSource => ({
      parameters: new Map([...plain.parameters, ['fc1.weight', { shape: q8.shape, precision: 'q8' }]]),
      async read(name, options) {
        if (name !== 'fc1.weight') return plain.read(name, options);
        const [from, to] = options?.rows ?? [0, 13];
        return {
          precision: 'q8',
          shape: [to - from, features],
          data: q8.data.slice(from * features, to * features).map((q) => q >> 1),
          scales: q8.scales.slice(from, to).map((scale) => scale * by),
        };
      },
    });
    await using backend = await open();
    await using once = await backend.compile(graph, scaled(1), { precision: 'q8', outputs: ['fc1'] });
    await using twice = await backend.compile(graph, scaled(2), { precision: 'q8', outputs: ['fc1'] });
    const bias = weights.get('fc1.bias')!.data;
    const [a, b] = [(await once.run({ x }))['fc1']!.data, (await twice.run({ x }))['fc1']!.data];
    // stored anew, halves of the numbers would become whole ones again, and others by rounding
    for (const [i, y] of a.entries()) expect(b[i]! - bias[i % 13]!).toBeCloseTo(2 * (y - bias[i % 13]!), 5);
  });

  it('are on the device while later ones are on their way', async () => {
    await using backend = await open();
    const before = watched.buffers();
    const held: Record<string, number> = {};
    const source = watchedSource(weights, (name) => {
      held[name] ??= watched.buffers() - before;
    });
    await using program = await backend.compile(graph, source, { precision: 'q4' });
    expect(program.memory().deviceBytes).toBeGreaterThan(0);
    expect(held['fc1.weight']).toBe(4); // convolution, its bias and the norm; and the memory that is to be written
    expect(held['fc2.weight']).toBeGreaterThan(4);
  });

  it('that break off leave their own error and nothing on the device', async () => {
    await using backend = await open();
    const before = watched.buffers();
    const cut = new TypeError('the connection was cut');
    const broken = (at: number) =>
      watchedSource(weights, (_, reads) => {
        if (reads === at) throw cut;
      });
    for (let at = 0; at < READS; at++) {
      await expect(backend.compile(graph, broken(at))).rejects.toBe(cut);
      expect(watched.buffers()).toBe(before);
    }
    await using program = await backend.compile(graph, broken(READS));
    expect(program.memory().deviceBytes).toBeGreaterThan(0);
  });

  it('that nobody waits for any more leave nothing on the device', async () => {
    await using backend = await open();
    const before = watched.buffers();
    const stop = new AbortController();
    const source = watchedSource(weights, (name) => {
      if (name === 'fc1.weight') stop.abort();
    });
    await expect(backend.compile(graph, source, { signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(watched.buffers()).toBe(before);
  });

  it('leave nothing behind when the device is lost meanwhile', async () => {
    await using backend = await open();
    const before = watched.buffers();
    const source = watchedSource(weights, (name) => {
      if (name === 'fc1.weight') watched.devices[0]!.destroy();
    });
    await expect(backend.compile(graph, source)).rejects.toMatchObject({ code: 'device-lost' });
    await expect.poll(() => watched.buffers()).toBe(before);
  });
});
