import { describe, expect, it } from 'vitest';
import { manifest, openModel } from '../testing/tfjs-model.ts';
import { bytesOf, valuesOf } from '../testing/values.ts';

describe('values', () => {
  it('are read across the borders of shards', async () => {
    const all = bytesOf(Float32Array.from({ length: 8 }, (_, i) => i / 4));
    const file = await openModel(
      manifest([{ name: 'a', shape: [8], dtype: 'float32' }], ['1.bin', 'sub/2.bin', '3.bin', '4.bin']),
      { '1.bin': all.slice(0, 5), 'sub/2.bin': all.slice(5, 6), '3.bin': all.slice(6, 6), '4.bin': all.slice(6) },
    );
    expect(await valuesOf(file, 'a')).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]);
    expect(await valuesOf(file, 'a', 1, 3)).toEqual([0.25, 0.5]);
    await expect(valuesOf(file, 'a', 7, 9)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it.each([
    { dtype: 'float16', data: Uint16Array.of(0x3c00, 0xc000), want: [1, -2], type: 'F16' },
    { dtype: 'int32', data: Int32Array.of(-7, 9), want: [-7, 9], type: 'I32' },
    {
      dtype: 'float32',
      quantization: { dtype: 'uint8', scale: 0.1, min: -1 },
      data: Uint8Array.of(3, 255),
      want: [Math.fround(3 * 0.1 - 1), Math.fround(255 * 0.1 - 1)],
      type: 'F32',
    },
    {
      dtype: 'float32',
      quantization: { dtype: 'uint16', scale: 1e-4, min: -3 },
      data: Uint16Array.of(3, 65535),
      want: [Math.fround(3 * 1e-4 - 3), Math.fround(65535 * 1e-4 - 3)],
      type: 'F32',
    },
    {
      dtype: 'float32',
      quantization: { dtype: 'float16' },
      data: Uint16Array.of(0x3555, 0xfbff),
      want: [0.333251953125, -65504],
      type: 'F32',
    },
    {
      dtype: 'int32',
      quantization: { dtype: 'uint8', scale: 0.5, min: -2 },
      data: Uint8Array.of(3, 5),
      want: [-0, 1],
      type: 'I32',
    },
  ])('of $dtype are read, $quantization', async ({ data, want, type, ...entry }) => {
    const file = await openModel(manifest([{ name: 'a', shape: [2], ...entry }]), { 'w.bin': bytesOf(data) });
    expect(file.tensors.get('a')!.dtype).toBe(type);
    expect((await valuesOf(file, 'a')).map((value) => value + 0)).toEqual(want.map((value) => value + 0));
    expect(await valuesOf(file, 'a', 1, 2)).toEqual([want[1]]);
  });
});
