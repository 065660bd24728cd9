import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sizeOf, type Tensor } from '../../tensor.ts';
import { collectWeights } from '../read-weights.ts';
import { rowChunks, tensorOf } from '../weight-source.ts';
import type { LoadOptions, LoadProgress } from './load-options.ts';
import { loadWeights, openWeights } from './open-weights.ts';
import * as does from './testing/answers.ts';
import { type HostileServer, hostileServer } from './testing/hostile-server.ts';
import { differences, type SmallSet, sevenShards, smallSet } from './testing/small-set.ts';

const shard = (index: number) => `/w/${index}.safetensors`;
const quick: LoadOptions = { pauseMs: 1, stallMs: 5000, retries: 1, random: () => 0 };

let set: SmallSet;
let largest: number;
beforeAll(async () => {
  set = await smallSet(sevenShards);
  largest = Math.max(...set.manifest.shards.map(({ bytes }) => bytes));
});
let server: HostileServer;
const serve = async () => {
  server = await hostileServer(new Map([...set.files].map(([name, bytes]) => [`/w/${name}`, bytes])));
};
afterEach(() => server?.[Symbol.asyncDispose]());
const open = (options: LoadOptions = {}) => openWeights(`${server.origin}/w/manifest.json`, { ...quick, ...options });
const asked = () => server.paths.filter((path) => path.endsWith('.safetensors'));
const shards = (...indices: number[]) => indices.map(shard);

/** Rows of a parameter as the set means them. */
function rowsOf(name: string, [from, to]: readonly [number, number]): Tensor {
  const { shape, data } = set.weights.get(name)!;
  const row = sizeOf(shape.slice(1));
  return { shape: [to - from, ...shape.slice(1)], data: data.slice(from * row, to * row) };
}

describe('openWeights', () => {
  it('says what there is before any shard is asked for', async () => {
    await serve();
    await using opened = await open();
    expect(opened.manifest).toEqual(set.manifest);
    expect(opened.bytes).toBe(set.manifest.bytes);
    expect([...opened.parameters].map(([name, { precision }]) => `${name} ${precision}`)).toEqual([
      'conv1.weight f32',
      'conv1.bias f32',
      'fc2.weight f32',
      'fc3.weight q8',
      'fc4.weight q4',
    ]);
    expect(server.paths).toEqual(['/w/manifest.json']);
  });

  // biome-ignore format: a table
  it.each([
    ['fc2.weight', [0, 64], 'all four parts'],
    ['fc2.weight', [0, 17], 'one part'],
    ['fc2.weight', [3, 9], 'the inside of a part'],
    ['fc2.weight', [16, 18], 'the last of one and the first of the next'],
    ['fc2.weight', [20, 60], 'a part and some of both its neighbours'],
    ['fc3.weight', [2, 10], 'q8 with its scales, over two parts'],
    ['fc3.weight', [8, 9], 'q8 with one scale'],
    ['fc4.weight', [1, 6], 'q4 with its scales, over two parts'],
    ['fc4.weight', [4, 9], 'q4, one part'],
    ['conv1.weight', [1, 3], 'a convolution'],
    ['conv1.bias', [2, 3], 'a bias'],
  ] as const)('reads %s %j: %s', async (name, rows, _what) => {
    await using opened = await openWeights(set.files);
    const stored = await opened.read(name, { rows });
    expect(stored.precision).toBe(opened.parameters.get(name)!.precision);
    expect(differences(new Map([[name, tensorOf(stored, name)]]), new Map([[name, rowsOf(name, rows)]]))).toEqual([]);
  });

  it.each([
    ['fc2.weight', [15, 55]],
    ['fc3.weight', [2, 10]],
    ['fc4.weight', [0, 9]],
  ] as const)('reads %s %j into memory of the caller', async (name, rows) => {
    await using opened = await openWeights(set.files);
    const want = rowsOf(name, rows);
    const room = new Float32Array(want.data.length + 2).fill(7);
    await opened.readInto!(name, room.subarray(1, -1), { rows });
    expect([room[0], room.at(-1)]).toEqual([7, 7]);
    expect(
      differences(new Map([[name, { shape: want.shape, data: room.slice(1, -1) }]]), new Map([[name, want]])),
    ).toEqual([]);
    await expect(opened.readInto!(name, room, { rows })).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('gives arrays that the caller owns', async () => {
    await using opened = await openWeights(set.files);
    for (const rows of [
      [0, 17],
      [0, 3],
      [10, 30],
    ] as const) {
      (await opened.read('fc2.weight', { rows })).data.fill(0);
      const again = await opened.read('fc2.weight', { rows });
      expect(
        differences(new Map([['fc2.weight', tensorOf(again)]]), new Map([['fc2.weight', rowsOf('fc2.weight', rows)]])),
      ).toEqual([]);
    }
  });

  it.each([
    { name: 'fc9.weight', rows: undefined, code: 'unknown-name' },
    { name: 'fc2.weight', rows: [0, 65], code: 'invalid-input' },
    { name: 'fc2.weight', rows: [-1, 3], code: 'invalid-input' },
    { name: 'fc2.weight', rows: [3, 3], code: 'invalid-input' },
    { name: 'fc2.weight', rows: [0.5, 3], code: 'invalid-input' },
    { name: 'fc2.weight', rows: [0, Number.NaN], code: 'invalid-input' },
  ] as const)('does not read $name $rows', async ({ name, rows, code }) => {
    await using opened = await openWeights(set.files);
    await expect(opened.read(name, { ...(rows === undefined ? {} : { rows }) })).rejects.toMatchObject({ code });
  });
});

describe('shards come', () => {
  it('in the order of need, each once, with four at a time', async () => {
    await serve();
    const held = [0, 1, 2, 3].map(() => does.held());
    for (const [index, { answer }] of held.entries()) server.next(shard(index), answer);
    await using opened = await open();
    const first = opened.read('conv1.weight');
    await expect.poll(asked).toHaveLength(4);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(asked().toSorted()).toEqual(shards(0, 1, 2, 3));
    for (const { release } of held) release();
    await first;
    expect(differences(await collectWeights(opened), set.weights)).toEqual([]);
    expect(asked()).toHaveLength(7);
    expect(new Set(asked())).toEqual(new Set(shards(0, 1, 2, 3, 4, 5, 6)));
  });

  it('no further ahead than there is memory for', async () => {
    await serve();
    await using opened = await open({ memory: 3 * largest });
    await opened.read('conv1.weight', { rows: [0, 1] });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(asked().toSorted()).toEqual(shards(0, 1, 2));
    await opened.read('conv1.weight');
    await opened.read('conv1.bias'); // now shard 0 has been read, and makes room for one
    await expect.poll(asked).toHaveLength(4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked().toSorted()).toEqual(shards(0, 1, 2, 3));
  });

  it('one at a time where there is memory for no more than one', async () => {
    await serve();
    await using opened = await open({ memory: 1 });
    expect(differences(await collectWeights(opened), set.weights)).toEqual([]);
    // 5 and 6 have parts of two parameters each, which are read one after the other
    expect(asked()).toEqual(shards(0, 1, 2, 3, 4, 5, 6, 5, 6));
  });

  it('when they are read out of order', async () => {
    await serve();
    await using opened = await open({ memory: 2 * largest });
    const rows = [...rowChunks([64, 1000], 30_000)].toReversed();
    for (const range of rows) {
      const stored = await opened.read('fc2.weight', { rows: range });
      expect(differences(new Map([['x', tensorOf(stored)]]), new Map([['x', rowsOf('fc2.weight', range)]]))).toEqual(
        [],
      );
    }
    await opened.read('conv1.weight');
  });

  it('for many readers at once, with memory for two', async () => {
    await serve();
    await using opened = await open({ memory: 2 * largest });
    const ranges = [...rowChunks([64, 1000], 30_000)];
    const read = await Promise.all(
      [...ranges, ...ranges.toReversed()].map((rows) => opened.read('fc2.weight', { rows })),
    );
    for (const [index, range] of [...ranges, ...ranges.toReversed()].entries()) {
      expect(
        differences(new Map([['x', tensorOf(read[index]!)]]), new Map([['x', rowsOf('fc2.weight', range)]])),
      ).toEqual([]);
    }
  });

  it('again after one that failed ahead of its reader', async () => {
    await serve();
    server.next(shard(3), does.status(500), does.status(500));
    await using opened = await open();
    await opened.read('conv1.weight');
    await expect.poll(() => server.asked(shard(3))).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.asked(shard(3))).toHaveLength(2); // nobody asks for ever
    expect(differences(await collectWeights(opened), set.weights)).toEqual([]);
  });

  it('and the reader of one that is missing hears it, nobody else', async () => {
    await serve();
    server.next(shard(4), ...Array.from({ length: 9 }, () => does.status(404)));
    await using opened = await open();
    await opened.read('fc2.weight', { rows: [0, 50] });
    await expect(opened.read('fc2.weight')).rejects.toThrow(/no such file \(404\) \(.*\/w\/4\.safetensors\)/);
    await opened.read('fc3.weight');
  });
});

describe('progress', () => {
  it('counts bytes of payload, up, each once, whatever happens on the way', async () => {
    await serve();
    server.next(shard(1), does.cutAt(30_000), does.whole);
    server.next(shard(2), does.gzipped());
    server.next(shard(3), does.wrongBit);
    const seen: LoadProgress[] = [];
    await loadWeights(`${server.origin}/w/`, { ...quick, onProgress: (progress) => seen.push(progress) });
    const total = set.manifest.bytes;
    expect(seen.at(-1)).toMatchObject({ loaded: total, total, cached: 0 });
    const loaded = seen.map((progress) => progress.loaded);
    expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
    expect(new Set(loaded).size).toBe(loaded.length);
    expect(new Set(seen.map((progress) => progress.shard))).toEqual(
      new Set(set.manifest.shards.map(({ file }) => file)),
    );
  });
});

describe('an end', () => {
  it('of one read stops what only it waited for; the next read begins again', async () => {
    await serve();
    server.next(shard(0), does.stallAt(100));
    server.next(shard(2), does.silent);
    await using opened = await open({ stallMs: 60_000 });
    const controller = new AbortController();
    const reading = opened.read('conv1.weight', { signal: controller.signal });
    await expect.poll(asked).toContain(shard(3));
    controller.abort();
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
    await expect.poll(() => server.open()).toBe(0);
    expect(differences(await collectWeights(opened), set.weights)).toEqual([]);
  });

  it('of one read leaves another that waits for the same alone', async () => {
    await serve();
    server.next(shard(0), does.drip(300, 20));
    await using opened = await open();
    const controller = new AbortController();
    const [one, other] = [opened.read('conv1.weight', { signal: controller.signal }), opened.read('conv1.weight')];
    await expect.poll(asked).toContain(shard(3));
    controller.abort();
    await expect(one).rejects.toMatchObject({ code: 'aborted' });
    expect((await other).shape).toEqual([3, 2, 4, 5]);
    expect(server.asked(shard(0))).toHaveLength(1);
  });

  it('by dispose: who waits hears it, later readers too, and no request is left', async () => {
    await serve();
    server.next(shard(0), does.silent);
    const opened = await open({ stallMs: 60_000 });
    const reading = opened.read('conv1.weight').catch((error: unknown) => error);
    await expect.poll(asked).toContain(shard(3));
    await opened[Symbol.asyncDispose]();
    expect(await reading).toMatchObject({ code: 'disposed' });
    await expect(opened.read('conv1.weight')).rejects.toMatchObject({ code: 'disposed' });
    await expect.poll(() => server.open()).toBe(0);
    await opened[Symbol.asyncDispose]();
  });

  it('by the signal of the whole: the same, as aborted', async () => {
    await serve();
    server.next(shard(0), does.silent);
    const controller = new AbortController();
    await using opened = await open({ stallMs: 60_000, signal: controller.signal });
    const reading = opened.read('conv1.weight').catch((error: unknown) => error);
    await expect.poll(asked).toContain(shard(3));
    controller.abort();
    expect(await reading).toMatchObject({ code: 'aborted' });
    await expect(opened.read('conv1.bias')).rejects.toMatchObject({ code: 'aborted' });
    await expect.poll(() => server.open()).toBe(0);
  });
});
