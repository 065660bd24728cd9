import { readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { resizeImage } from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../decode-image.ts';
import type { ImageSet } from '../sets/image-set.ts';
import { type Workspace, workspace } from '../testing/pictures.ts';
import { openPack } from './open-pack.ts';
import { packImages } from './pack-images.ts';
import { openPixels } from './read-pixels.ts';

const resize = { mode: 'short-side', size: 4, resampling: 'bilinear' } as const;

let files: Workspace;
let set: ImageSet;
let file: string;
beforeAll(async () => {
  files = await workspace();
  file = files.path('packs/set.pack');
  await files.write('packs/other.txt', 'not a pack');
  const good = await Promise.all([0, 1, 2].map(async (i) => files.picture(`${i}.png`, 80 * i, [8 + i, 6])));
  const bad = await files.write('bad.jpg', 'no image');
  set = { classes: ['a', 'b'], items: [...good, bad].map((path, i) => ({ path, label: i % 2 })) };
});
afterAll(async () => files?.[Symbol.asyncDispose]());

const pack = async (change: Partial<Parameters<typeof packImages>[1]> = {}, of = set) =>
  packImages(of, { file, resize, workers: 2, ...change });

describe('packing', () => {
  it('keeps resized pixels of what can be read, and the reason for the rest', async () => {
    const packed = await pack();
    expect(packed).toMatchObject({ classes: set.classes, pack: { file, resize } });
    expect(packed.items[3]!.stored).toEqual({ reason: expect.stringContaining('not an image that can be read') });
    const reader = openPixels(packed.pack);
    for (const { path, stored } of packed.items.slice(0, 3)) {
      const want = resizeImage(await decodeImage(path), resize);
      const { width, height, data } = reader.read(stored as never);
      expect([width, height]).toEqual([want.width, want.height]);
      expect(data.filter((_, i) => i % 4 !== 3)).toEqual(want.data);
    }
    reader.close();
    expect(await readdir(files.path('packs'))).toEqual(['other.txt', 'set.pack']);
  });

  it('without a resize keeps images as large as they are', async () => {
    const { resize: _, ...rest } = { file: files.path('whole.pack'), workers: 1, resize };
    const packed = await packImages(set, rest);
    expect(packed.items[1]!.stored).toMatchObject({ width: 9, height: 6 });
  });

  it('opens as the set that it was made from', async () => {
    expect(await openPack(file)).toEqual(await pack());
  });

  it('gives the same bytes whatever the threads', async () => {
    const bytes = await readFile(file);
    for (const workers of [1, 3]) {
      await packImages(set, { file: files.path('again.pack'), resize, workers });
      expect((await readFile(files.path('again.pack'))).equals(bytes)).toBe(true);
    }
  });

  it('tells how far it is', async () => {
    const progress: unknown[] = [];
    await pack({ file: files.path('told.pack'), onProgress: (told) => progress.push(told) });
    expect(progress).toEqual([{ done: 4, total: 4, skipped: 1 }]);
  });

  describe('again', () => {
    const made = async (change: () => Promise<unknown>, options = {}, of = set) => {
      await pack();
      let count = 0;
      await change();
      await pack({ onProgress: () => count++, ...options }, of);
      return count;
    };
    const nothing = async () => {};

    it('uses what is there', async () => {
      expect(await made(nothing)).toBe(0);
    });

    it.each([
      { why: 'an image changed its time', change: async () => utimes(set.items[0]!.path, 1, 1) },
      { why: 'an image is another', change: async () => files.picture('1.png', 99, [20, 20]) },
      { why: 'an image came', change: nothing, of: () => ({ ...set, items: [...set.items, set.items[0]!] }) },
      {
        why: 'a label is another',
        change: nothing,
        of: () => ({ ...set, items: set.items.map((i) => ({ ...i, label: 0 })) }),
      },
      { why: 'a class has another name', change: nothing, of: () => ({ ...set, classes: ['a', 'c'] }) },
      { why: 'the resize is another', change: nothing, options: { resize: { ...resize, size: 5 } } },
      { why: 'the file was cut off', change: async () => truncate(file, 100) },
    ])('makes it anew when $why', async ({ change, options, of }) => {
      expect(await made(change, options, of?.())).toBe(1);
    });
  });

  it.each([
    { why: 'a file that is no pack', change: () => ({ file: files.path('packs/other.txt') }), says: 'is no pack' },
    {
      why: 'a folder that is not there',
      change: () => ({ file: files.path('no/where.pack') }),
      says: 'it does not exist',
    },
  ])('refuses $why', async ({ change, says }) => {
    await expect(pack(change())).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(says),
    });
    expect(await readFile(files.path('packs/other.txt'), 'utf8')).toBe('not a pack');
  });

  it('refuses a set of which no image can be read, and leaves nothing behind', async () => {
    const none = { ...set, items: set.items.slice(3) };
    const error = { code: 'invalid-file', message: expect.stringContaining('None of the 1 images') };
    await expect(pack({ file: files.path('packs/none.pack') }, none)).rejects.toMatchObject(error);
    expect(await readdir(files.path('packs'))).toEqual(['other.txt', 'set.pack']);
  });

  it('stops when it is told to, and leaves nothing behind', async () => {
    const controller = new AbortController();
    const many = { ...set, items: Array.from({ length: 200 }, (_, i) => set.items[i % 3]!) };
    const onProgress = () => controller.abort();
    const packing = pack({ file: files.path('packs/stopped.pack'), signal: controller.signal, onProgress }, many);
    await expect(packing).rejects.toMatchObject({ code: 'aborted' });
    expect(await readdir(files.path('packs'))).toEqual(['other.txt', 'set.pack']);
  });
});

describe('a pack is refused', () => {
  const u64 = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  };
  /** A pack with another index. */
  const indexed = (bytes: Buffer, index: string) => {
    const indexAt = Number(bytes.readBigUInt64LE(16));
    const out = Buffer.concat([bytes.subarray(0, indexAt), Buffer.from(index)]);
    u64(Buffer.byteLength(index)).copy(out, 24);
    return out;
  };
  const items = (item: unknown) => JSON.stringify({ classes: ['a'], resize: null, items: [item] });

  it.each([
    { why: 'nothing', damage: () => Buffer.alloc(0), says: 'does not start' },
    { why: 'half a header', damage: (b: Buffer) => b.subarray(0, 40), says: 'cut off after 40 bytes' },
    { why: 'one byte less', damage: (b: Buffer) => b.subarray(0, -1), says: 'bytes and not the' },
    { why: 'another version', damage: (b: Buffer) => b.fill(9, 8, 9), says: 'version 9' },
    { why: 'an index in the header', damage: (b: Buffer) => b.fill(u64(3), 16, 24), says: 'should have' },
    { why: 'an endless index', damage: (b: Buffer) => b.fill(255, 24, 32), says: 'should have' },
    { why: 'no JSON', damage: (b: Buffer) => indexed(b, '{'), says: 'no JSON' },
    { why: 'JSON that is null', damage: (b: Buffer) => indexed(b, 'null'), says: 'no classes' },
    { why: 'classes that are numbers', damage: (b: Buffer) => indexed(b, '{"classes":[1]}'), says: 'no classes' },
    { why: 'no resize', damage: (b: Buffer) => indexed(b, '{"classes":[]}'), says: 'no resize' },
    { why: 'no items', damage: (b: Buffer) => indexed(b, '{"classes":[],"resize":null}'), says: 'no items' },
    { why: 'a label of no class', damage: (b: Buffer) => indexed(b, items(['p', 1, 64, 1, 1])), says: 'item 0' },
    { why: 'pixels in the header', damage: (b: Buffer) => indexed(b, items(['p', 0, 63, 1, 1])), says: 'item 0' },
    { why: 'pixels behind the end', damage: (b: Buffer) => indexed(b, items(['p', 0, 64, 9e5, 9e5])), says: 'item 0' },
    { why: 'no width', damage: (b: Buffer) => indexed(b, items(['p', 0, 64, 0, 1])), says: 'item 0' },
    { why: 'an item that is no list', damage: (b: Buffer) => indexed(b, items({})), says: 'item 0' },
  ])('with $why', async ({ damage, says }) => {
    await pack();
    const path = files.path('damaged.pack');
    await writeFile(path, damage(Buffer.from(await readFile(file))));
    const error = { code: 'invalid-file', message: expect.stringContaining(says) };
    await expect(openPack(path)).rejects.toMatchObject(error);
  });

  it.each(['missing.pack', '.'])('that is %s', async (name) => {
    await expect(openPack(files.path(name))).rejects.toMatchObject({ code: 'invalid-file' });
  });

  it('when it becomes shorter while it is read', async () => {
    const packed = await pack({ file: files.path('shrinks.pack') });
    const reader = openPixels(packed.pack);
    await truncate(packed.pack.file, 70);
    const error = { code: 'invalid-file', message: expect.stringContaining('shorter') };
    expect(() => reader.read(packed.items[2]!.stored as never)).toThrow(expect.objectContaining(error));
    reader.close();
  });
});
