import { memorySource } from '@alexnet/core';
import { describe, expect, it, vi } from 'vitest';
import { fuzzKeras } from '../../testing/fuzz-keras.ts';
import { readAll } from '../../testing/read-all.ts';
import { type DatasetSpec, type Hdf5Spec, rampOf, writeHdf5 } from '../../testing/write-hdf5.ts';
import { openKeras } from '../open-keras.ts';

const read = async (bytes: Uint8Array) => readAll(await openKeras(memorySource(bytes)));
const kernel = (dataset: DatasetSpec): Hdf5Spec => ({ groups: { dense: { datasets: { kernel: dataset } } } });

/** Puts another extent in the place of one that no other number is: as it is, and as the largest that it may become. */
function resized(bytes: Uint8Array, from: bigint, to: bigint): Uint8Array {
  const changed = Buffer.from(bytes);
  const old = Buffer.alloc(8);
  old.writeBigUInt64LE(from);
  let count = 0;
  for (let at = changed.indexOf(old); at >= 0; at = changed.indexOf(old, at)) {
    changed.writeBigUInt64LE(to, at);
    count++;
  }
  expect(count).toBe(2);
  return new Uint8Array(changed);
}

const nested = (depth: number): Hdf5Spec => (depth === 0 ? {} : { groups: { g: nested(depth - 1) } });

const cases: readonly { why: string; make: () => Promise<Uint8Array>; message: RegExp }[] = [
  {
    why: 'that is cut off',
    make: async () => (await writeHdf5(kernel(rampOf([30, 40])))).subarray(0, -1000),
    message: /not an HDF5 file/,
  },
  {
    why: 'that is none',
    make: async () => new Uint8Array(5000),
    message: /not an HDF5 file/,
  },
  {
    why: 'with a dataset of 4 TB',
    make: async () => resized(await writeHdf5(kernel(rampOf([257, 3]))), 257n, 2n ** 40n),
    message: /HDF5 cannot read it/,
  },
  {
    why: 'with chunks that are never stored',
    make: async () => {
      const spec = { ...rampOf([777, 3]), chunks: [5, 3], level: 1 };
      return resized(await writeHdf5(kernel(spec)), 777n, 2n ** 33n);
    },
    message: /takes 13743895352 bytes at the least/,
  },
  {
    why: 'that no compression makes so small',
    make: async () => {
      const spec = { shape: [20_001, 3], data: new Float32Array(60_003), chunks: [20_000, 3], level: 9 };
      return resized(await writeHdf5(kernel(spec)), 20_001n, 2n ** 22n);
    },
    message: /takes 48771 bytes at the least/,
  },
  {
    why: 'with groups nested too deep',
    make: async () => writeHdf5(nested(40)),
    message: /nested more than 32 deep/,
  },
  {
    why: 'with a collection of strings that HDF5 would go round in',
    make: async () => {
      const bytes = await writeHdf5({ attributes: { keras_version: '3.0.0', backend: 'torch' } });
      const heap = Buffer.from(bytes).indexOf('GCOL');
      const second = heap + 16 + 24;
      expect(Buffer.from(bytes).toString('latin1', second + 16, second + 21)).toBe('torch');
      const changed = bytes.slice();
      changed.fill(0, second, second + 16);
      return changed;
    },
    message: /A collection of strings has no end/,
  },
  {
    why: 'with a string of 2 GB',
    make: async () => {
      const bytes = await writeHdf5({ attributes: { keras_version: '3.0.0' } });
      const changed = Buffer.from(bytes);
      // an attribute has the length of its string, the place of the collection and the number of the object
      const place = Buffer.alloc(8);
      place.writeBigUInt64LE(BigInt(changed.indexOf('GCOL')));
      const at = changed.indexOf(Buffer.concat([Buffer.from([5, 0, 0, 0]), place]));
      expect(at).toBeGreaterThan(0);
      changed.writeUInt32LE(0x7000_0000, at);
      return new Uint8Array(changed);
    },
    message: /wants more memory/,
  },
  {
    why: 'that lists a weight that it has not',
    make: async () =>
      writeHdf5({
        attributes: { layer_names: ['dense'] },
        groups: { dense: { attributes: { weight_names: ['dense/kernel:0'] } } },
      }),
    message: /listed as a weight/,
  },
  {
    why: 'whose description has a key twice',
    make: async () => writeHdf5({ attributes: { model_config: '{"config": {}, "config": {}}' } }),
    message: /occurs twice/,
  },
];

describe('an HDF5 file', () => {
  it.each(cases)('$why is refused, and the next file is read', async ({ make, message }) => {
    const output = vi.spyOn(console, 'error');
    const start = performance.now();
    await expect(read(await make())).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(message) as string,
    });
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(output).not.toHaveBeenCalled();
    const [file] = await fuzzKeras.corpus();
    expect(await read(file!)).toBe(4 * (12 + 2 + 4 * 2 + 10 + 5));
  });

  it('whose bytes can no longer be read says so', async () => {
    const bytes = await writeHdf5(kernel(rampOf([30, 40])));
    let gone = false;
    const source = {
      ...memorySource(bytes, 'weights.h5'),
      readSync(offset: number, length: number) {
        if (gone) throw new Error('EIO');
        return bytes.subarray(offset, offset + length);
      },
    };
    const { tensors } = await openKeras(source);
    gone = true;
    await expect(tensors.get('dense/kernel')!.read(0, 1200)).rejects.toThrow(/can no longer be read \(weights.h5\)/);
    gone = false;
    expect((await tensors.get('dense/kernel')!.read(0, 1200)).length).toBe(4800);
  });
});
