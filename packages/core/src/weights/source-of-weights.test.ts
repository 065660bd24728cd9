import { describe, expect, it } from 'vitest';
import { precisions } from '../backend/backend.ts';
import { buildGraph } from '../graph/builder.ts';
import { sizeOf } from '../tensor.ts';
import { collectWeights } from './read-weights.ts';
import { seededWeights } from './seeded.ts';
import { sourceAsStored, sourceOfWeights } from './source-of-weights.ts';
import { weightsAsStored } from './stored/as-stored.ts';
import { storeWeight } from './stored/store.ts';
import { rowChunks, type WeightSource } from './weight-source.ts';

const graph = buildGraph('small', { name: 'input', shape: [2, 5, 7] })
  .conv2d('conv1', 3, [2, 4])
  .flatten('flatten')
  .linear('fc2', 7)
  .linear('fc3', 5)
  .build();
const weights = seededWeights(graph, 1);

describe('weights in memory as a source', () => {
  const source = sourceOfWeights(weights);

  it('have the same parameters in the same order', () => {
    expect([...source.parameters]).toEqual(
      [...weights].map(([name, { shape }]) => [name, { shape, precision: 'f32' }]),
    );
  });

  it.each([...weights.keys()])('give the rows of %s without a copy', async (name) => {
    const { shape, data } = weights.get(name)!;
    for (const [from, to] of rowChunks(shape, 60)) {
      const rows = await source.read(name, { rows: [from, to] });
      expect(rows.shape).toEqual([to - from, ...shape.slice(1)]);
      const row = sizeOf(shape.slice(1));
      expect(rows.data).toEqual(data.subarray(from * row, to * row));
      expect(rows.data.buffer).toBe(data.buffer);
    }
    expect(await source.read(name)).toEqual({ precision: 'f32', shape, data });
  });

  it.each([
    { name: 'fc9.weight', rows: undefined, code: 'unknown-name' },
    { name: 'fc3.weight', rows: [4, 6], code: 'invalid-input' },
    { name: 'fc3.weight', rows: [-1, 2], code: 'invalid-input' },
  ] as const)('refuse rows $rows of $name', async ({ name, rows, code }) => {
    await expect(source.read(name, rows === undefined ? {} : { rows })).rejects.toMatchObject({ code });
  });

  it('that are a source already stay it', () => {
    expect(sourceOfWeights(source)).toBe(source);
  });
});

describe('a source as stored', () => {
  /** Rows of a few values, so that weights are stored in several goes. */
  async function collected(source: WeightSource) {
    const all = new Map<string, number[]>();
    for (const [name, { shape }] of source.parameters) {
      const values: number[] = [];
      for (const rows of rowChunks(shape, 200)) values.push(...(await source.read(name, { rows })).data);
      all.set(name, values);
    }
    return all;
  }

  it.each(precisions)('means, row by row, what the whole weights mean as %s', async (precision) => {
    const want = weightsAsStored(graph, weights, precision);
    expect(await collected(sourceAsStored(graph, sourceOfWeights(weights), precision))).toEqual(
      new Map([...want].map(([name, { data }]) => [name, [...data]])),
    );
  });

  it('does not store anew what has the precision', async () => {
    const q8 = storeWeight(weights.get('fc2.weight')!, 'q8');
    if (q8.precision !== 'q8') throw new Error('not q8');
    const finer = { ...q8, scales: q8.scales.map((scale) => scale / 2) };
    const plain = sourceOfWeights(weights);
    const source: WeightSource = {
      parameters: new Map([...plain.parameters, ['fc2.weight', { shape: q8.shape, precision: 'q8' }]]),
      read: async (name, options) => (name === 'fc2.weight' ? finer : plain.read(name, options)),
    };
    const read = (await collectWeights(sourceAsStored(graph, source, 'q8'), { names: ['fc2.weight'] })).get(
      'fc2.weight',
    )!;
    const features = q8.shape[1]!;
    expect(read.data).toEqual(Float32Array.from(q8.data, (q, i) => q * finer.scales[Math.floor(i / features)]!));
  });
});
