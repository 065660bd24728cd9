import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobSource } from './blob-source.ts';
import type { ByteSource } from './byte-source.ts';
import { type FileSource, fileSource } from './file-source.ts';
import { memorySource } from './memory-source.ts';

const bytes = Uint8Array.from({ length: 1003 }, (_, i) => (i * 7) % 251);
let folder: string;
let file: FileSource;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alexnet-bytes-'));
  writeFileSync(join(folder, 'file'), bytes);
  file = await fileSource(join(folder, 'file'));
});
afterAll(async () => {
  await file[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const kinds: readonly [string, () => Promise<ByteSource>][] = [
  ['memory', async () => memorySource(bytes)],
  ['a view of memory', async () => memorySource(Uint8Array.from([9, 9, ...bytes, 9]).subarray(2, 1005))],
  ['a blob', async () => blobSource(new Blob([bytes]))],
  ['a file', async () => file],
];

describe.each(kinds)('%s', (_kind, open) => {
  it.each([
    [0, 1003],
    [0, 0],
    [1003, 0],
    [17, 100],
    [1002, 1],
  ])('reads from %d, %d bytes', async (offset, length) => {
    const source = await open();
    expect(source.size).toBe(1003);
    expect(await source.read(offset, length)).toEqual(bytes.slice(offset, offset + length));
  });

  it.each([
    [0, 1004],
    [1003, 1],
    [-1, 1],
    [0, -1],
    [0.5, 1],
    [Number.NaN, 1],
    [2 ** 53, 2 ** 53],
  ])('refuses the range from %d, %d bytes', async (offset, length) => {
    const source = await open();
    await expect(source.read(offset, length)).rejects.toMatchObject({ code: 'invalid-file', where: source.name });
  });

  it('hears an AbortSignal', async () => {
    const source = await open();
    await expect(source.read(0, 1, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('fileSource', () => {
  it('reads at once too', async () => {
    await using source = await fileSource(join(folder, 'file'));
    expect(source.readSync(17, 100)).toEqual(bytes.slice(17, 117));
    expect(() => source.readSync(1000, 4)).toThrow(/1000 to 1004/);
  });

  it('says what is wrong with a path', async () => {
    await expect(fileSource(join(folder, 'missing'))).rejects.toThrow(/there is no such file/);
    await expect(fileSource(folder)).rejects.toMatchObject({ code: 'invalid-file' });
  });

  it('says that a file became shorter', async () => {
    writeFileSync(join(folder, 'shrinking'), bytes);
    await using source = await fileSource(join(folder, 'shrinking'));
    truncateSync(join(folder, 'shrinking'), 500);
    await expect(source.read(400, 200)).rejects.toThrow(/became shorter/);
    expect(() => source.readSync(400, 200)).toThrow(/became shorter/);
  });
});
