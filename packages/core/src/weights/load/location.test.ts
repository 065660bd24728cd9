import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, writeSafetensors } from '../safetensors/write.ts';
import { toHalf } from '../stored/half.ts';
import type { WeightsLocation } from './location.ts';
import { loadWeights, openWeights } from './open-weights.ts';
import { hostileServer } from './testing/hostile-server.ts';
import { differences, type SmallSet, sevenShards, smallSet } from './testing/small-set.ts';

let set: SmallSet;
let folder: string;
/** One file with all parameters as float32. */
let single: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  set = await smallSet(sevenShards);
  single = concatBytes(writeSafetensors(set.weights));
  folder = mkdtempSync(join(tmpdir(), 'alexnet-load-'));
  mkdirSync(join(folder, 'set'));
  for (const [name, bytes] of set.files) writeFileSync(join(folder, 'set', name), bytes);
  writeFileSync(join(folder, 'single.safetensors'), single);
});
afterAll(() => rmSync(folder, { recursive: true }));

const files = () => [...set.files].map(([name, bytes]) => new File([bytes], name));

/** What a bundler makes of the files: addresses that need not be side by side. */
const addresses = (of: (name: string) => URL) => new Map([...set.files.keys()].map((name) => [name, of(name)]));

/** A folder as browsers give it, over the files of the set; `FileSystemDirectoryHandle` is not in Node. */
const chosen = () => {
  const byName = new Map(files().map((file) => [file.name, file]));
  const getFileHandle = async (name: string) => {
    if (byName.has(name)) return { getFile: async () => byName.get(name)! };
    throw new DOMException('', 'NotFoundError');
  };
  return { kind: 'directory', name: 'chosen', getFileHandle } as unknown as FileSystemDirectoryHandle;
};

describe('weights are loaded from', () => {
  it.each<[string, () => WeightsLocation]>([
    ['a folder', () => join(folder, 'set')],
    ['the path of a manifest', () => join(folder, 'set', 'manifest.json')],
    ['a file: address of a folder', () => pathToFileURL(join(folder, 'set'))],
    ['a file: address as text', () => pathToFileURL(join(folder, 'set', 'manifest.json')).href],
    ['contents by name', () => set.files],
    ['file: addresses by name', () => addresses((name) => pathToFileURL(join(folder, 'set', name)))],
    ['files dropped on a page', () => files()],
    ['a folder chosen on a page', chosen],
    ['one safetensors file', () => join(folder, 'single.safetensors')],
    ['bytes of one', () => single],
    ['a view of bytes, not aligned', () => Uint8Array.from([1, 2, 3, ...single]).subarray(3)],
    ['a buffer', () => single.buffer],
    ['a Blob', () => new Blob([single])],
    ['one File', () => [new File([single], 'any.safetensors')]],
  ])('%s', async (_what, location) => {
    expect(differences((await loadWeights(location())).weights, set.weights)).toEqual([]);
  });
});

it('weights are loaded from addresses by name, wherever these lead', async () => {
  const served = [...set.files.values()].map((bytes, i) => [`/assets/${i}-4f2a`, bytes] as const);
  await using server = await hostileServer(new Map(served));
  const names = [...set.files.keys()];
  const location = addresses((name) => new URL(`${server.origin}/assets/${names.indexOf(name)}-4f2a`));
  expect(differences((await loadWeights(location)).weights, set.weights)).toEqual([]);
  location.delete('3.safetensors');
  await expect(loadWeights(location)).rejects.toThrow('3.safetensors is missing');
});

describe('one safetensors file', () => {
  it('is read by rows, halves as halves, and other types as float32', async () => {
    const halves = toHalf(Float32Array.from({ length: 15 }, (_, i) => i / 4));
    const bytes = concatBytes(
      writeSafetensors(
        new Map([
          ['h', { dtype: 'F16' as const, shape: [5, 3], data: new Uint8Array(halves.buffer) }],
          ['d', { shape: [2, 2], data: Float64Array.from([1, 2, 3, 4]) }],
          ['steps', { dtype: 'I64' as const, shape: [1], data: new Uint8Array(8) }],
        ]),
      ),
    );
    await using opened = await openWeights(bytes);
    expect(Object.fromEntries(opened.parameters)).toEqual({
      d: { shape: [2, 2], precision: 'f32' },
      h: { shape: [5, 3], precision: 'f16' },
    });
    expect(opened).toMatchObject({ manifest: undefined, bytes: 62 });
    const rows = await opened.read('h', { rows: [1, 3] });
    expect(rows).toEqual({ precision: 'f16', shape: [2, 3], data: halves.slice(3, 9) });
    expect(await opened.read('d', { rows: [1, 2] })).toEqual({
      precision: 'f32',
      shape: [1, 2],
      data: Float32Array.from([3, 4]),
    });
  });

  it('is closed when it was disposed of', async () => {
    const opened = await openWeights(join(folder, 'single.safetensors'));
    await opened[Symbol.asyncDispose]();
    await expect(opened.read('conv1.bias')).rejects.toMatchObject({ code: 'disposed' });
  });
});

describe('what is wrong is said', () => {
  const without = (name: string) => new Map([...set.files].filter(([file]) => file !== name));
  const withFile = (name: string, bytes: Uint8Array) => new Map([...set.files, [name, bytes]]);
  const flipped = (bytes: Uint8Array) => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte));

  // biome-ignore format: a table
  it.each<{ what: string; location: () => WeightsLocation; code: string; says: RegExp }>([
    { what: 'a path where nothing is', location: () => join(folder, 'none'), code: 'invalid-file', says: /no such file/ },
    { what: 'a folder without a manifest', location: () => folder, code: 'invalid-file', says: /manifest\.json: there is no such file/ },
    { what: 'an address of another kind', location: () => 'ftp://host/w/', code: 'invalid-input', says: /no address of weights/ },
    { what: 'addresses of another kind', location: () => addresses((name) => new URL(`ftp://host/${name}`)), code: 'invalid-input', says: /no address of weights/ },
    { what: 'no files', location: () => [], code: 'invalid-input', says: /no files/ },
    { what: 'files without a manifest', location: () => files().filter(({ name }) => name !== 'manifest.json'), code: 'invalid-file', says: /manifest\.json is missing/ },
    { what: 'files without a shard', location: () => without('3.safetensors'), code: 'invalid-file', says: /3\.safetensors is missing/ },
    { what: 'a shard that is cut off', location: () => withFile('3.safetensors', set.files.get('3.safetensors')!.subarray(9)), code: 'invalid-file', says: /has \d+ bytes, and by the manifest \d+ \(3\.safetensors\)/ },
    { what: 'a shard with a wrong bit', location: () => withFile('3.safetensors', flipped(set.files.get('3.safetensors')!)), code: 'invalid-file', says: /3\.safetensors is damaged: its SHA-256 is/ },
    { what: 'an empty manifest', location: () => withFile('manifest.json', new Uint8Array()), code: 'invalid-file', says: /manifest/ },
    { what: 'bytes that are no safetensors file', location: () => Uint8Array.from({ length: 99 }, (_, i) => i), code: 'invalid-file', says: /header length/ },
    { what: 'a safetensors file that is cut off', location: () => single.subarray(0, -1), code: 'invalid-file', says: /cut off/ },
    { what: 'no bytes', location: () => new Blob([]), code: 'invalid-file', says: /0 bytes/ },
  ])('$what', async ({ location, code, says }) => {
    const failed = await loadWeights(location()).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'AlexNetError', code, message: expect.stringMatching(says) as string });
  });

  it('a file that became shorter after it was opened', async () => {
    const path = join(folder, 'short.safetensors');
    writeFileSync(path, single);
    await using opened = await openWeights(path);
    truncateSync(path, 1000);
    await expect(opened.read('fc4.weight')).rejects.toMatchObject({ code: 'invalid-file' });
  });
});
