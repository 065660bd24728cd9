import { type ByteSource, concatBytes, memorySource, readSafetensors, sizeOf, writeSafetensors } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { goldenFile } from '../testing/golden-file.ts';
import { openSafetensors } from './open-safetensors.ts';

describe('openSafetensors', () => {
  it('gives the tensors that the reader of whole files gives', async () => {
    const bytes = goldenFile('torchvision.safetensors');
    const want = readSafetensors(bytes);
    const { tensors, ...rest } = await openSafetensors(memorySource(bytes));
    expect([...tensors.keys()]).toEqual([...want.tensors.keys()]);
    for (const [name, { dtype, shape, data }] of want.tensors) {
      const tensor = tensors.get(name)!;
      expect([tensor.dtype, tensor.shape]).toEqual([dtype, shape]);
      expect(Buffer.compare(await tensor.read(0, sizeOf(shape)), data)).toBe(0);
      expect(await tensor.read(1, 3)).toEqual(data.slice(4, 12));
    }
    expect(rest).toMatchObject({ format: 'safetensors', layout: { conv: 'OIHW', linear: 'OI' }, others: [] });
  });

  it('reads nothing but the header, and leaves out pad tensors', async () => {
    const data = new Float32Array(100_003);
    const pairs = ['a', 'b'].map((name) => [name, { shape: [100_003], data }] as const);
    const file = concatBytes(writeSafetensors(new Map(pairs), { metadata: { licence: 'MIT' } }));
    const inner = memorySource(file);
    let count = 0;
    const source: ByteSource = {
      ...inner,
      read(offset, length, options) {
        count += length;
        return inner.read(offset, length, options);
      },
    };
    const { tensors, metadata } = await openSafetensors(source);
    expect([[...tensors.keys()], metadata]).toEqual([['a', 'b'], { licence: 'MIT' }]);
    expect(count).toBeLessThan(1024);
  });

  it.each([
    ['nothing', new Uint8Array(0), /has 0 bytes/],
    ['half a header', goldenFile('torchvision.safetensors').subarray(0, 100), /header is cut off/],
    ['half the data', goldenFile('torchvision.safetensors').subarray(0, 5000), /data is cut off/],
  ])('refuses %s', async (_what, bytes, text) => {
    await expect(openSafetensors(memorySource(bytes))).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(text),
    });
  });
});
