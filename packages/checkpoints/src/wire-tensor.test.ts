import { concatBytes, memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { all, bytes, double, float, le, packedVarints } from './testing/proto-bytes.ts';
import { wireFile } from './wire.ts';
import { runOf, runTensor, varintTensor } from './wire-tensor.ts';

/** The tensor of the first field of a message. */
async function tensorOf(file: Uint8Array, shape: readonly number[], width: 4 | 8) {
  const source = memorySource(file);
  for await (const field of wireFile(source).fields({ offset: 0, length: file.length }, 'file')) {
    const facts = { source, dtype: width === 4 ? 'F32' : 'F64', shape, where: 'w' } as const;
    return runTensor(facts, runOf(field, width, 'w'));
  }
  throw new Error('no field');
}

const many = Float32Array.from({ length: 300_000 }, (_, i) => i / 8);

describe('runTensor', () => {
  it.each([
    ['packed', all(bytes(5, le(many)))],
    ['unpacked', concatBytes(Array.from(many, (value) => all(float(5, value))))],
  ])('gives any part of values that are %s', async (_what, file) => {
    const tensor = await tensorOf(file, [300, 1000], 4);
    const ranges = [
      [0, 0],
      [0, 1],
      [299_999, 300_000],
      [17, 250_001],
      [0, 300_000],
    ] as const;
    for (const [from, to] of ranges) {
      expect(Buffer.compare(await tensor.read(from, to), le(many.slice(from, to)))).toBe(0);
    }
  });

  it('gives doubles', async () => {
    const tensor = await tensorOf(all(double(8, 1.5), double(8, -2)), [2], 8);
    expect(await tensor.read(0, 2)).toEqual(le(Float64Array.of(1.5, -2)));
  });

  it.each([
    ['too few values', all(float(5, 1)), [2], 4, /2 has 2 values but there are 1/],
    ['half a value', all(bytes(5, new Uint8Array(6))), [1], 4, /there are 1\.5/],
    ['doubles for floats', all(double(5, 1)), [1], 4, /values of 8 bytes where they should have 4/],
    ['an overflowing shape', all(float(5, 1)), [2 ** 50, 2 ** 50], 4, /but there are 1/],
    ['an overflowing shape with a 0', all(bytes(5, '')), [...Array<number>(30).fill(2 ** 50), 0], 4, /there are 0/],
  ] as const)('refuses %s', async (_what, file, shape, width, text) => {
    await expect(tensorOf(file, shape, width)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(text),
    });
  });

  it.each([
    [-1, 1],
    [1, 0],
    [0, 3],
    [0.5, 1],
    [0, Number.NaN],
  ])('refuses the elements %d to %d of two', async (from, to) => {
    const tensor = await tensorOf(all(float(5, 1), float(5, 2)), [2], 4);
    await expect(tensor.read(from, to)).rejects.toMatchObject({ code: 'invalid-input', where: 'w' });
  });
});

describe('varintTensor', () => {
  const halves = Uint16Array.from({ length: 600_000 }, (_, i) => (i * 7919) % 65536);
  /** The list alone, without its field's head. */
  const list = (values: ArrayLike<number>): Uint8Array => {
    const file = all(packedVarints(5, Array.from(values)));
    let at = 1;
    while (file[at]! >= 0x80) at++;
    return file.subarray(at + 1);
  };
  const open = (data: Uint8Array, shape: readonly number[], dtype: 'F16' | 'I8' | 'I32' = 'F16') =>
    varintTensor({ source: memorySource(data), dtype, shape, where: 'w' }, { offset: 0, length: data.length });

  it('gives parts, one after the other or not, of lists longer than a chunk', async () => {
    const tensor = open(list(halves), [600, 1000]);
    const ranges = [
      [0, 5],
      [5, 400_000],
      [400_000, 600_000],
      [3, 9],
      [599_999, 600_000],
      [600_000, 600_000],
    ] as const;
    for (const [from, to] of ranges) {
      expect(Buffer.compare(await tensor.read(from, to), le(halves.slice(from, to)))).toBe(0);
    }
  });

  it('gives integers of one and four bytes, negative ones too', async () => {
    expect(await open(list([-1, 127, -128]), [3], 'I8').read(0, 3)).toEqual(Uint8Array.of(255, 127, 128));
    expect(await open(list([-2, 70_000]), [2], 'I32').read(0, 2)).toEqual(le(Int32Array.of(-2, 70_000)));
  });

  it.each([
    ['a huge tensor of a few bytes', Uint8Array.of(1), [2 ** 40], /has 1099511627776 values but there are 1/],
    ['a small tensor of many bytes', new Uint8Array(100), [2], /2 has 2 values but there are 10/],
  ])('refuses %s at once', (_what, data, shape, text) => {
    expect(() => open(data, shape)).toThrow(text);
  });

  it.each([
    ['too few values', Uint8Array.of(0x80, 1, 0x80, 1), [3], /3 has 3 values but there are 2/],
    ['too many values', Uint8Array.of(1, 1, 1), [2], /More than the 2 values/],
    ['a value that is cut off', Uint8Array.of(1, 0x80), [2], /cut off or longer/],
  ])('refuses %s when they are read', async (_what, data, shape, text) => {
    const elements = shape.reduce((a, b) => a * b, 1);
    await expect(open(data, shape).read(0, elements)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(text),
    });
  });
});
