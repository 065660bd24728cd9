import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackOnce } from './software-driver.ts';
import { readTar } from './tar.ts';

const names = ['libvk_swiftshader.so', 'libvulkan.so.1', 'vk_swiftshader_icd.json'];

/** A tar archive of small files. */
function tarOf(files: readonly { readonly name: string; readonly text: string; readonly size?: string }[]): Uint8Array {
  const blocks = files.map(({ name, text, size = text.length.toString(8).padStart(11, '0') }) => {
    const block = Buffer.alloc(512 + Math.ceil(text.length / 512) * 512);
    block.write(name, 0);
    block.write(size, 124);
    block.write('0', 156);
    block.write(text, 512);
    return block;
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const driver = tarOf(names.map((name) => ({ name, text: `good ${name}` })));

describe.runIf(process.platform === 'linux')('the software driver', () => {
  let root: string;
  let folder: string;
  let unpackings: number;
  const unpack = () =>
    unpackOnce(async () => {
      unpackings++;
      return driver;
    }, folder);
  const contents = (found: string) => Promise.all(names.map((name) => readFile(join(found, name), 'utf8')));
  const good = names.map((name) => `good ${name}`);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'driver-test-'));
    folder = join(root, 'driver');
    unpackings = 0;
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('is unpacked once, also by processes that start together, for its user only', async () => {
    expect(await Promise.all([unpack(), unpack(), unpack()])).toHaveLength(3);
    const before = unpackings;
    expect(await unpack()).toBe(folder);
    expect(unpackings).toBe(before);
    expect(await contents(folder)).toEqual(good);
    expect((await stat(folder)).mode & 0o077).toBe(0);
  });

  it.each([
    {
      why: 'a folder that others may write',
      async make() {
        await mkdir(folder);
        for (const name of names) await writeFile(join(folder, name), `bad ${name}`);
        await chmod(folder, 0o777);
      },
    },
    {
      why: 'a link to somewhere else',
      async make() {
        await mkdir(join(root, 'other'), { mode: 0o700 });
        for (const name of names) await writeFile(join(root, 'other', name), `bad ${name}`);
        await symlink(join(root, 'other'), folder);
      },
    },
    { why: 'a folder whose files a cleaner took', make: () => mkdir(folder, { mode: 0o700 }) },
  ])('is not taken from $why', async ({ make }) => {
    await make();
    expect(await contents(await unpack())).toEqual(good);
  });

  it('leaves nothing behind when its archive is broken', async () => {
    await expect(unpackOnce(async () => driver.subarray(0, 520), folder)).rejects.toThrow('cut');
    expect(await readdir(root)).toEqual([]);
  });
});

describe('a tar archive', () => {
  it('gives its files', () => {
    const files = [...readTar(driver)].map(({ name, data }) => [name, new TextDecoder().decode(data)]);
    expect(files).toEqual(names.map((name) => [name, `good ${name}`]));
  });

  it.each([
    { why: 'it is cut', archive: driver.subarray(0, 520) },
    { why: 'a size is negative and would lead back', archive: tarOf([{ name: 'a', text: 'x', size: '-1000' }]) },
    { why: 'a size is no number', archive: tarOf([{ name: 'a', text: 'x', size: 'size' }]) },
  ])('is refused when $why', ({ archive }) => {
    expect(() => [...readTar(archive)]).toThrow('cut');
  });
});
