import { type ByteSource, memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { valuesOf } from '../testing/values.ts';
import { type DatasetSpec, type Hdf5Spec, ramp, rampOf, writeHdf5 } from '../testing/write-hdf5.ts';
import { openKeras } from './open-keras.ts';

/** A file of Keras 3 with one layer. */
const dense = (kernel: DatasetSpec): Hdf5Spec => ({
  groups: { layers: { groups: { dense: { groups: { vars: { datasets: { '0': kernel } } } } } } },
});

describe('values of HDF5', () => {
  const layer = async (dataset: DatasetSpec) => openKeras(memorySource(await writeHdf5(dense(dataset))));

  it.each([
    { what: 'float64', data: Float64Array.from(ramp(12)), dtype: '<d', want: 'F64' },
    { what: 'compressed chunks', data: ramp(12), dtype: '<f', chunks: [2, 2], level: 9, want: 'F32' },
    { what: 'chunks that reach beyond the edges', data: ramp(12), dtype: '<f', chunks: [2, 3], want: 'F32' },
  ])('are read from $what, whole and in part', async ({ want, data, dtype, chunks, level }) => {
    const chunked = chunks === undefined ? {} : { chunks, ...(level === undefined ? {} : { level }) };
    const file = await layer({ shape: [3, 4], data, dtype, ...chunked });
    expect(file.tensors.get('dense/kernel')).toMatchObject({ dtype: want, shape: [3, 4] });
    expect(await valuesOf(file, 'dense/kernel')).toEqual([...ramp(12)]);
    expect(await valuesOf(file, 'dense/kernel', 3, 10)).toEqual([...ramp(12)].slice(3, 10));
    expect(await valuesOf(file, 'dense/kernel', 5, 5)).toEqual([]);
  });

  it('are given in little-endian order where the file has big-endian', async () => {
    const bytes = await writeHdf5(dense(rampOf([3, 4])));
    const file = await openKeras(memorySource(retyped(bytes, [0x11, 0x20, 0x1f, 0, 4, 0, 0, 0], [0x11, 0x21])));
    const swapped = Buffer.from(ramp(12).buffer).swap32();
    expect(Buffer.from(await file.tensors.get('dense/kernel')!.read(0, 12))).toEqual(swapped);
  });

  it.each([
    { attributes: { dtype: 'bfloat16' }, dtype: 'BF16' },
    { attributes: {}, dtype: undefined },
  ])('of two bytes of anything are $dtype with the attributes $attributes', async ({ attributes, dtype }) => {
    const bytes = await writeHdf5(dense({ shape: [1, 3], data: Uint16Array.of(0x3f80, 0xc000, 0x4040), attributes }));
    const opaque = retyped(bytes, [0x10, 0, 0, 0, 2, 0, 0, 0, 0, 0, 16, 0], [0x15]);
    const file = await openKeras(memorySource(opaque));
    expect(file.tensors.get('dense/kernel')?.dtype).toBe(dtype);
    expect(file.others).toEqual(dtype === undefined ? ['layers/dense/vars/0'] : []);
    if (dtype !== undefined) expect(await valuesOf(file, 'dense/kernel')).toEqual([1, -2, 3]);
  });

  it('refuses elements that are not there', async () => {
    const { tensors } = await layer(rampOf([3, 4]));
    await expect(tensors.get('dense/kernel')!.read(0, 13)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('hears an AbortSignal', async () => {
    const bytes = await writeHdf5(dense(rampOf([3, 4])));
    const { tensors } = await openKeras(memorySource(bytes));
    const signal = AbortSignal.abort();
    await expect(tensors.get('dense/kernel')!.read(0, 1, { signal })).rejects.toMatchObject({ code: 'aborted' });
    await expect(openKeras(memorySource(bytes), { signal })).rejects.toMatchObject({ code: 'aborted' });
  });

  it('are read from two files at a time', async () => {
    const [one, two] = await Promise.all([layer(rampOf([3, 4], 1)), layer(rampOf([3, 4], 2))]);
    const [a, b, c] = await Promise.all([one, two, one].map((file) => valuesOf(file, 'dense/kernel', 1, 3)));
    expect([a, b, c]).toEqual([[...ramp(12, 1)].slice(1, 3), [...ramp(12, 2)].slice(1, 3), a]);
  });
});

/** Replaces the first bytes of the only datatype that begins with `type`: h5wasm cannot write all types. */
function retyped(bytes: Uint8Array, type: readonly number[], replacement: readonly number[]): Uint8Array {
  const at = Buffer.from(bytes).indexOf(Buffer.from(type));
  expect(at).toBeGreaterThan(0);
  const changed = bytes.slice();
  changed.set(replacement, at);
  return changed;
}

describe('memory', () => {
  it('reads a file that can be read at once in small pieces, and never whole', async () => {
    const bytes = await writeHdf5(dense(rampOf([512, 1024])));
    let most = 0;
    let total = 0;
    const source: ByteSource & { readSync: (offset: number, length: number) => Uint8Array } = {
      ...memorySource(bytes),
      readSync(offset, length) {
        most = Math.max(most, length);
        total += length;
        return bytes.subarray(offset, offset + length);
      },
    };
    const { tensors } = await openKeras(source);
    expect(total).toBeLessThan(100_000);
    const part = await tensors.get('dense/kernel')!.read(1024, 3072);
    expect(part.length).toBe(8192);
    expect(most).toBeLessThan(100_000);
  });
});
