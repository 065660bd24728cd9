import { describe, expect, it } from 'vitest';
import { buildGraph } from '../graph/builder.ts';
import { referenceProvider } from '../oracle/reference-backend.ts';
import { sizeOf, type Weights } from '../tensor.ts';
import { checkWeights } from './check.ts';
import { collectWeights, readAsStored } from './read-weights.ts';
import { seededWeights } from './seeded.ts';
import { weightsAsStored } from './stored/as-stored.ts';
import { storeWeight } from './stored/store.ts';
import type { StoredWeight } from './stored/stored-weight.ts';
import { inPrecision, rowChunks, type WeightSource } from './weight-source.ts';

const graph = buildGraph('small', { name: 'input', shape: [2, 5, 7] })
  .conv2d('conv1', 3, [2, 4])
  .relu('relu1')
  .flatten('flatten')
  .linear('fc2', 6)
  .relu('relu2')
  .linear('fc3', 11)
  .softmax('prob')
  .build();
const weights = seededWeights(graph, 1);

/** A source over weights in memory, which keeps those named in `stored` as that; it notes what it is asked for. */
function sourceOf(
  given: Weights,
  stored: Readonly<Record<string, StoredWeight>> = {},
): WeightSource & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    parameters: new Map(
      [...given].map(([name, { shape }]) => [name, { shape, precision: stored[name]?.precision ?? 'f32' }]),
    ),
    async read(name, { rows: [from, to] = [0, given.get(name)!.shape[0]!] } = {}) {
      asked.push(name);
      const [, ...rest] = given.get(name)!.shape;
      const size = sizeOf(rest);
      const shape = [to - from, ...rest];
      const own = stored[name];
      if (own?.precision === 'q8') {
        const data = own.data.slice(from * size, to * size);
        return { precision: 'q8', shape, data, scales: own.scales.slice(from, to) };
      }
      return { precision: 'f32', shape, data: given.get(name)!.data.slice(from * size, to * size) };
    },
  };
}

describe('collectWeights', () => {
  it('reads every parameter whole', async () => {
    expect(await collectWeights(sourceOf(weights))).toEqual(weights);
  });

  it('reads only what is asked for', async () => {
    const source = sourceOf(weights);
    expect([...(await collectWeights(source, { names: ['fc2.bias'] })).keys()]).toEqual(['fc2.bias']);
    expect(source.asked).toEqual(['fc2.bias']);
  });

  it('says what is missing', async () => {
    await expect(collectWeights(sourceOf(weights), { names: ['fc9.weight'] })).rejects.toThrow(
      /no parameter fc9\.weight/,
    );
  });

  it('hears an AbortSignal', async () => {
    const given = collectWeights(sourceOf(weights), { signal: AbortSignal.abort() });
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('readAsStored', () => {
  it.each(['f32', 'f16', 'q8', 'q4'] as const)('gives what weights in memory mean as %s', async (precision) => {
    expect(await readAsStored(graph, sourceOf(weights), precision)).toEqual(weightsAsStored(graph, weights, precision));
  });

  it('does not store anew what already has the precision', async () => {
    const weight = weights.get('fc2.weight')!;
    const q8 = storeWeight(weight, 'q8') as Extract<StoredWeight, { precision: 'q8' }>;
    const finer = { ...q8, scales: q8.scales.map((scale) => scale * 0.9) };
    const read = await readAsStored(graph, sourceOf(weights, { 'fc2.weight': finer }), 'q8');
    const meant = Float32Array.from(finer.data, (q, i) =>
      Math.fround(q * finer.scales[Math.floor(i / weight.shape[1]!)]!),
    );
    expect(read.get('fc2.weight')!.data).toEqual(meant);
    expect(read.get('fc3.weight')).toEqual(weightsAsStored(graph, weights, 'q8').get('fc3.weight'));
  });
});

describe('inPrecision', () => {
  it('keeps what has it, and stores anything else anew', () => {
    const weight = weights.get('fc3.weight')!;
    const q8 = storeWeight(weight, 'q8');
    expect(inPrecision(q8, 'q8')).toBe(q8);
    expect(inPrecision({ precision: 'f32', ...weight }, 'q4')).toEqual(storeWeight(weight, 'q4'));
  });
});

describe('rowChunks', () => {
  it.each([
    {
      shape: [7, 5],
      bytes: 60,
      chunks: [
        [0, 3],
        [3, 6],
        [6, 7],
      ],
    }, // prettier-ignore
    { shape: [7, 5], bytes: 1, chunks: Array.from({ length: 7 }, (_, i) => [i, i + 1]) },
    { shape: [3], bytes: 100, chunks: [[0, 3]] },
    { shape: [], bytes: 100, chunks: [[0, 1]] },
  ])('cuts $shape into rows of at most $bytes bytes', ({ shape, bytes, chunks }) => {
    expect([...rowChunks(shape, bytes)]).toEqual(chunks);
  });
});

describe('a backend', () => {
  it('compiles from a source, and reads what the graph needs', async () => {
    const source = sourceOf(new Map([...weights, ['extra', weights.get('fc2.bias')!]]));
    await using backend = await referenceProvider().create();
    await using fromSource = await backend.compile(graph, source);
    await using fromMap = await backend.compile(graph, weights);
    const input = { shape: [1, 2, 5, 7], data: Float32Array.from({ length: 70 }, (_, i) => (i % 13) / 13) };
    expect(await fromSource.run({ input })).toEqual(await fromMap.run({ input }));
    expect(source.asked).not.toContain('extra');
  });

  it('says which parameters do not fit before it reads any', async () => {
    const source = sourceOf(new Map([...weights].filter(([name]) => name !== 'fc2.bias')));
    expect(() => checkWeights(graph, source)).toThrow(/fc2\.bias is missing/);
    expect(source.asked).toEqual([]);
  });
});
