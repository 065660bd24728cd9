import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileStore } from './file-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet-store-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = (...values: number[]) => Uint8Array.from(values);

it('keeps what was written, chunk by chunk', async () => {
  const store = fileStore(join(folder, 'new'));
  expect(await store.list()).toEqual([]);
  await store.write('a', [bytes(1, 2), bytes(), bytes(3)]);
  await store.write('b', [bytes(4)]);
  await store.write('a', [bytes(5, 6)]);
  expect([...(await store.list())].sort()).toEqual(['a', 'b']);
  expect([...(await store.read('a'))]).toEqual([5, 6]);
  await store.remove('a');
  await store.remove('a');
  expect(await store.list()).toEqual(['b']);
});

it('says that the disk is full, and leaves what was there', async ({ skip }) => {
  skip(!existsSync('/dev/full'), 'There is no /dev/full, which stands for a full disk');
  const store = fileStore(folder);
  await store.write('checkpoint', [bytes(1)]);
  await symlink('/dev/full', join(folder, 'checkpoint.partial'));
  await expect(store.write('checkpoint', [bytes(2)])).rejects.toMatchObject({
    code: 'invalid-file',
    message: expect.stringMatching(/Cannot write .*checkpoint: the disk is full/),
  });
  expect([...(await store.read('checkpoint'))]).toEqual([1]);
  expect(await readdir(folder)).toEqual(['checkpoint']);
});

it('says what is wrong with a place that is no folder, or a name that is not there', async () => {
  await writeFile(join(folder, 'file'), 'text');
  await expect(fileStore(join(folder, 'file')).list()).rejects.toThrow(
    'there is a file where a folder would have to be',
  );
  await expect(fileStore(folder).read('nothing')).rejects.toThrow('there is no such file or folder');
});
