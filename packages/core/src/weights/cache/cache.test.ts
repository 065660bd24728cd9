import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AlexNetError } from '../../error.ts';
import { loadWeights } from '../load/open-weights.ts';
import * as does from '../load/testing/answers.ts';
import { type HostileServer, hostileServer } from '../load/testing/hostile-server.ts';
import { differences, type SmallSet, sevenShards, smallSet } from '../load/testing/small-set.ts';
import { cacheKey, defaultCacheFolder, fileCache, memoryCache, type WeightCache } from './index.ts';
import { noRoom } from './weight-cache.ts';

const content = Uint8Array.from({ length: 1003 }, (_, i) => (i * 7) % 251);
const key = cacheKey(createHash('sha256').update(content).digest('hex'));
const other = cacheKey('0'.repeat(64));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alexnet-cache-'));
  return () => rmSync(folder, { recursive: true });
});

describe.each<[string, () => WeightCache]>([
  ['memoryCache', memoryCache],
  ['fileCache', () => fileCache(join(folder, 'not', 'yet', 'there'))],
])('%s', (_name, create) => {
  it('gives back what was put, until it is deleted', async () => {
    const cache = create();
    expect(await cache.get(key)).toBeUndefined();
    await cache.put(key, content);
    expect(await cache.get(key)).toEqual(content);
    expect(await cache.get(other)).toBeUndefined();
    await cache.delete(key);
    expect(await cache.get(key)).toBeUndefined();
    await cache.delete(key);
  });

  it('keeps a copy, and replaces it', async () => {
    const cache = create();
    const bytes = content.slice();
    await cache.put(key, bytes);
    bytes.fill(0);
    expect(await cache.get(key)).toEqual(content);
    await cache.put(key, bytes);
    expect(await cache.get(key)).toEqual(bytes);
  });

  it('keeps a view, not what is around it', async () => {
    const cache = create();
    await cache.put(key, Buffer.from(content).subarray(3, 9));
    expect(await cache.get(key)).toEqual(content.slice(3, 9));
  });

  it.each(['', 'sha256-', `${key}/../x`, key.toUpperCase(), '../../etc/passwd'])('takes no key %j', async (wrong) => {
    const cache = create();
    for (const act of [() => cache.get(wrong), () => cache.put(wrong, content), () => cache.delete(wrong)]) {
      await expect(act()).rejects.toMatchObject({ code: 'invalid-input' });
    }
  });
});

describe('fileCache', () => {
  it('reads into room that is given, where it fits', async () => {
    const cache = fileCache(folder);
    await cache.put(key, content);
    const room = new Uint8Array(2000);
    expect((await cache.get(key, () => room))!.buffer).toBe(room.buffer);
    expect(room.subarray(0, 1003)).toEqual(content);
    expect(await cache.get(key, () => new Uint8Array(5))).toEqual(content);
  });

  it('has whole files only, and no others when it is done', async () => {
    const cache = fileCache(folder);
    await Promise.all(Array.from({ length: 20 }, () => cache.put(key, content)));
    expect(readdirSync(folder)).toEqual([key]);
  });

  it('clears away what a process that was killed left, not what one is writing', async () => {
    const old = join(folder, `${key}.1.part`);
    const young = join(folder, `${key}.2.part`);
    for (const file of [old, young]) writeFileSync(file, 'part');
    writeFileSync(join(folder, 'mine.part'), 'not ours');
    utimesSync(old, 0, 0);
    utimesSync(join(folder, 'mine.part'), 0, 0);
    await fileCache(folder).put(other, content);
    expect([old, young, join(folder, 'mine.part')].map(existsSync)).toEqual([false, true, true]);
  });

  it('leaves nothing behind where it cannot write', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'no folder');
    await expect(fileCache(file).put(key, content)).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('says when the disk is full', async () => {
    const huge = { length: Number.MAX_SAFE_INTEGER } as Uint8Array; // more than any disk has
    await expect(fileCache(folder).put(key, huge)).rejects.toMatchObject({ code: 'out-of-memory' });
  });
});

describe('defaultCacheFolder', () => {
  // biome-ignore format: a table
  it.each([
    ['linux', {}, '/home/me', '/home/me/.cache/alexnet'],
    ['linux', { XDG_CACHE_HOME: '/var/cache/me' }, '/home/me', '/var/cache/me/alexnet'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/me', '/home/me/.cache/alexnet'],
    ['darwin', {}, '/Users/me', '/Users/me/Library/Caches/alexnet'],
    ['win32', { LOCALAPPDATA: 'D:\\Local' }, 'C:\\Users\\me', 'D:\\Local\\alexnet'],
    ['win32', {}, 'C:\\Users\\me', 'C:\\Users\\me\\AppData\\Local\\alexnet'],
  ])('on %s with %j', (platform, env, home, want) => {
    expect(defaultCacheFolder({ platform, env, home })).toBe(want);
  });
});

describe('a load with a cache', () => {
  let set: SmallSet;
  let server: HostileServer;
  beforeAll(async () => {
    set = await smallSet(sevenShards);
    server = await hostileServer(new Map([...set.files].map(([name, bytes]) => [`/w/${name}`, bytes])));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Loads, and says which shards were asked for, and what was warned of. */
  async function load(cache: WeightCache) {
    const before = server.paths.length;
    const warnings: AlexNetError[] = [];
    let last = { loaded: 0, cached: 0 };
    const { weights } = await loadWeights(`${server.origin}/w/`, {
      cache,
      onWarning: (warning) => warnings.push(warning),
      onProgress: (progress) => {
        last = progress;
      },
    });
    expect(differences(weights, set.weights)).toEqual([]);
    expect(last.loaded).toBe(set.manifest.bytes);
    const fetched = server.paths.slice(before).filter((path) => !path.endsWith('.json')).length;
    return { fetched, warnings: warnings.map(({ code, message }) => `${code}: ${message}`), cached: last.cached };
  }
  const third = () => cacheKey(set.manifest.shards[3]!.sha256);

  it('asks for shards once, and for none the next time', async () => {
    const cache = fileCache(folder);
    expect(await load(cache)).toEqual({ fetched: 7, warnings: [], cached: 0 });
    expect(readdirSync(folder).toSorted()).toEqual(
      set.manifest.shards.map(({ sha256 }) => cacheKey(sha256)).toSorted(),
    );
    expect(await load(cache)).toEqual({ fetched: 0, warnings: [], cached: set.manifest.bytes });
  });

  it.each([
    ['wrong', (bytes: Uint8Array) => bytes.map((byte, i) => (i === 77 ? byte ^ 1 : byte))],
    ['cut off', (bytes: Uint8Array) => bytes.subarray(0, -1)],
    ['empty', () => new Uint8Array()],
    ['longer than any shard', (bytes: Uint8Array) => Buffer.concat([bytes, new Uint8Array(1_000_000)])],
  ])('fetches an entry anew that is %s, and replaces it', async (_what, damage) => {
    const cache = fileCache(folder);
    await load(cache);
    const file = join(folder, third());
    const right = readFileSync(file);
    writeFileSync(file, damage(right));
    const { fetched, warnings } = await load(cache);
    expect(fetched).toBe(1);
    expect(warnings).toEqual([expect.stringMatching(/damaged copy of 3\.safetensors/)]);
    expect(readFileSync(file).equals(right)).toBe(true);
  });

  it('does without one that is full, and says so once', async () => {
    let puts = 0;
    const put: WeightCache['put'] = async (_key, { length }) => {
      puts++;
      throw noRoom('full', length, 5);
    };
    const full: WeightCache = { ...memoryCache(), put };
    const { fetched, warnings } = await load(full);
    expect(fetched).toBe(7);
    expect(puts).toBeLessThan(7); // those that were on their way at the same time, and no more
    expect(warnings).toEqual([
      expect.stringMatching(/^out-of-memory: There is no room for \d+ bytes in the cache: 5 bytes are free/),
    ]);
  });

  it('does without one that does not work at all', async () => {
    const broken = () => Promise.reject(new Error('broken.'));
    const { fetched, warnings } = await load({ get: broken, put: broken, delete: broken });
    expect(fetched).toBe(7);
    expect(warnings.toSorted()).toEqual([
      expect.stringMatching(/cannot be read.*: broken/),
      expect.stringMatching(/cannot be written.*: broken/),
    ]);
  });

  it('keeps nothing that was damaged on the way', async () => {
    const cache = memoryCache();
    server.next('/w/3.safetensors', does.wrongBit, does.wrongBit);
    await expect(load(cache)).rejects.toMatchObject({ code: 'invalid-file' });
    expect(await cache.get(third())).toBeUndefined();
  });

  it('may fill it while another does', async () => {
    const loads = await Promise.all([load(fileCache(folder)), load(fileCache(folder)), load(fileCache(folder))]);
    expect(loads.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect((await load(fileCache(folder))).fetched).toBe(0);
  });

  it('does not cache files that are here already', async () => {
    await loadWeights(set.files, { cache: fileCache(join(folder, 'none')) });
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
