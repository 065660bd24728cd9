import {
  buildGraph,
  evaluate,
  type Graph,
  precisions,
  seededWeights,
  sourceOfWeights,
  storeWeight,
  type WeightSource,
} from '@alexnet/core';
import { watchedSource } from '@alexnet/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tfjsProvider } from '../index.ts';

/** A flattened image, so that rows of `fc1` change their order; a norm, which is folded into `conv`. */
const graph = buildGraph('small', { name: 'x', shape: [3, 8, 9] })
  .conv2d('conv', 6, 3, { groups: 3, stride: 2 })
  .batchNorm('norm', 1e-3)
  .relu('relu')
  .flatten('flat')
  .linear('fc1', 13)
  .relu('relu1')
  .linear('fc2', 5)
  .build();
const weights = seededWeights(graph, 3);
const x = { shape: [2, 3, 8, 9], data: Float32Array.from({ length: 432 }, (_, i) => (((i * 71) % 113) - 56) / 40) };

const memory = () => {
  const { numTensors, numBytes, numDataBuffers } = tf.memory();
  return { numTensors, numBytes, numDataBuffers };
};

describe.each(['cpu', 'wasm', 'node'] as const)('weights that are still arriving, on %s', (engine) => {
  const provider = tfjsProvider({ engine });

  it.for(precisions)('give the bits that weights in memory give: %s', async (precision, { skip }) => {
    const { available, detail } = await provider.probe();
    if (!available) skip(detail);
    await using backend = await provider.create();
    await using want = await backend.compile(graph, weights, { precision });
    await using got = await backend.compile(
      graph,
      watchedSource(weights, () => {}),
      { precision },
    );
    expect(await got.run({ x })).toEqual(await want.run({ x }));
  });

  it('are what they say they are, where they are stored as is wanted', async ({ skip }) => {
    const { available, detail } = await provider.probe();
    if (!available) skip(detail);
    const q8 = storeWeight(weights.get('fc2.weight')!, 'q8');
    if (q8.precision !== 'q8') throw new Error('not q8');
    const data = q8.data.map((q) => q >> 1); // stored anew, the largest would become 127 again
    const plain = sourceOfWeights(weights);
    const source: WeightSource = {
      parameters: new Map([...plain.parameters, ['fc2.weight', { shape: q8.shape, precision: 'q8' }]]),
      async read(name, options) {
        if (name !== 'fc2.weight') return plain.read(name, options);
        const [from, to] = options?.rows ?? [0, 5];
        const rows = { data: data.slice(from * 13, to * 13), scales: q8.scales.slice(from, to) };
        return { precision: 'q8', shape: [to - from, 13], ...rows };
      },
    };
    await using backend = await provider.create();
    await using program = await backend.compile(graph, source, { precision: 'q8' });
    const meant = Float32Array.from(data, (q, i) => q * q8.scales[Math.floor(i / 13)]!);
    const all = new Map([
      ...weights,
      ['fc1.weight', restored('fc1.weight')],
      ['fc2.weight', { shape: [5, 13], data: meant }],
    ]);
    const want = evaluate(graph, all, { x }).get('fc2')!.data;
    const got = (await program.run({ x }))['fc2']!.data;
    for (const [i, y] of want.entries()) expect(got[i]).toBeCloseTo(y, 5);
  });

  it('that break off leave their own error and no tensor', async ({ skip }) => {
    const { available, detail } = await provider.probe();
    if (!available) skip(detail);
    await using backend = await provider.create();
    const before = memory();
    const cut = new TypeError('the connection was cut');
    const broken = (at: number) =>
      watchedSource(weights, (_, reads) => {
        if (reads === at) throw cut;
      });
    for (let at = 0; at < READS; at++) {
      await expect(backend.compile(graph, broken(at))).rejects.toBe(cut);
      expect(memory()).toEqual(before);
    }
    await using program = await backend.compile(graph, broken(READS));
    expect((await program.run({ x }))['fc2']!.shape).toEqual([2, 5]);
  });

  it('that nobody waits for any more leave no tensor', async ({ skip }) => {
    const { available, detail } = await provider.probe();
    if (!available) skip(detail);
    await using backend = await provider.create();
    const before = memory();
    const stop = new AbortController();
    const source = watchedSource(weights, (name) => {
      if (name === 'fc1.weight') stop.abort();
    });
    await expect(backend.compile(graph, source, { signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(memory()).toEqual(before);
  });

  it.for([
    { why: 'a matrix that native TensorFlow is given in pieces', outputs: 288 },
    { why: 'one of narrower pieces', outputs: 264 },
    { why: 'one whose columns do not fill its pieces', outputs: 284 },
  ])('may be large: $why', async ({ outputs }, { skip }) => {
    const { available, detail } = await provider.probe();
    if (!available) skip(detail);
    const wide: Graph = buildGraph('wide', { name: 'v', shape: [5, 80, 80] })
      .flatten('flat')
      .linear('fc', outputs)
      .build();
    const given = seededWeights(wide, 1);
    const v = { shape: [1, 5, 80, 80], data: Float32Array.from({ length: 32_000 }, (_, i) => ((i * 31) % 17) - 8) };
    await using backend = await provider.create();
    const before = memory();
    const cut = new Error('the connection was cut');
    let reads = 0;
    const broken = watchedSource(given, () => {
      if (++reads === 3) throw cut;
    });
    await expect(backend.compile(wide, broken)).rejects.toBe(cut);
    expect(memory()).toEqual(before);
    const program = await backend.compile(wide, sourceOfWeights(given));
    const want = evaluate(wide, given, { v }).get('fc')!.data;
    const got = (await program.run({ v }))['fc']!.data;
    const largest = want.reduce((max, y) => Math.max(max, Math.abs(y)), 0);
    expect(Math.max(...want.map((y, i) => Math.abs(y - got[i]!))) / largest).toBeLessThan(1e-5);
    await program[Symbol.asyncDispose]();
    expect(memory()).toEqual(before);
  });
});

/** 6 for the convolution with its norm, then a weight and a bias for each linear layer. */
const READS = 10;

/** What q8 makes of a weight. */
function restored(name: string) {
  const stored = storeWeight(weights.get(name)!, 'q8');
  if (stored.precision !== 'q8') throw new Error('not q8');
  const features = stored.shape[1]!;
  const data = Float32Array.from(stored.data, (q, i) => q * stored.scales[Math.floor(i / features)]!);
  return { shape: stored.shape, data };
}
