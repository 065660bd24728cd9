import { type Dtype, dtypeBytes, memorySource } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { denseStrides, type StridedView, stridedTensor } from './strided-tensor.ts';

/** A view of a storage whose n-th element is the number n. */
function view(fields: Partial<StridedView>, elements = 120, bigEndian = false): StridedView {
  const dtype: Dtype = fields.dtype ?? 'I16';
  const width = dtypeBytes[dtype];
  const bytes = new Uint8Array(elements * width);
  for (let i = 0; i < elements; i++) bytes[i * width + (bigEndian ? width - 1 : 0)] = i;
  const storage = { elements, bigEndian, open: async () => memorySource(bytes) };
  return { dtype, shape: [120], strides: [1], offset: 0, where: 'tensor "w"', storage, ...fields };
}

/** The numbers of the elements that are read. */
async function numbers(fields: StridedView, from?: number, to?: number): Promise<number[]> {
  const tensor = stridedTensor(fields);
  const size = tensor.shape.reduce((a, b) => a * b, 1);
  const bytes = await tensor.read(from ?? 0, to ?? size);
  const width = dtypeBytes[tensor.dtype];
  return Array.from({ length: bytes.length / width }, (_, i) => bytes[i * width]!);
}

/** The definition, element by element. */
function expected({ shape, strides, offset }: StridedView): number[] {
  return shape.reduce<number[]>(
    (places, extent, axis) =>
      places.flatMap((place) => Array.from({ length: extent }, (_, i) => place + i * strides[axis]!)),
    [offset],
  );
}

describe('stridedTensor reads', () => {
  it.each<[string, Partial<StridedView>]>([
    ['a dense tensor', { shape: [3, 5, 7], strides: [35, 7, 1] }],
    ['a dense tensor behind an offset', { shape: [3, 5], strides: [5, 1], offset: 17 }],
    ['a transposed matrix', { shape: [7, 3], strides: [1, 7] }],
    ['channels last', { shape: [2, 3, 4, 5], strides: [60, 1, 15, 3] }],
    ['every third element', { shape: [13], strides: [3], offset: 2 }],
    ['rows with gaps', { shape: [4, 3], strides: [10, 1], offset: 5 }],
    ['the same row twice', { shape: [2, 3, 5], strides: [0, 5, 1] }],
    ['windows that overlap', { shape: [5, 4], strides: [2, 3] }],
    ['extents of 1 with any stride', { shape: [1, 6, 1], strides: [99, 1, 77] }],
    ['a scalar', { shape: [], strides: [], offset: 119 }],
    ['nothing', { shape: [3, 0], strides: [1, 1], offset: 120 }],
  ])('%s', async (_what, fields) => {
    for (const dtype of ['I8', 'I16', 'I32', 'I64'] as const) {
      const whole = view({ dtype, ...fields });
      const want = expected(whole);
      expect(await numbers(whole)).toEqual(want);
      const [from, to] = [Math.floor(want.length / 3), Math.ceil(want.length * 0.8)];
      expect(await numbers(whole, from, to)).toEqual(want.slice(from, to));
    }
  });

  it.each<[string, Partial<StridedView>, readonly number[] | undefined]>([
    ['a transposed matrix', { shape: [7, 3], strides: [1, 7], offset: 4 }, [1, 0]],
    ['channels last', { shape: [2, 3, 4, 5], strides: [60, 1, 15, 3] }, [0, 2, 3, 1]],
    ['a dense tensor', { shape: [3, 5], strides: [5, 1] }, undefined],
    ['rows with gaps', { shape: [4, 3], strides: [10, 1] }, undefined],
    ['the same row twice', { shape: [2, 3, 5], strides: [0, 5, 1] }, undefined],
  ])('%s, and tells where another order of the axes is dense', async (_what, fields, axes) => {
    const whole = view(fields);
    const { stored } = stridedTensor(whole);
    expect(stored?.axes).toEqual(axes);
    if (stored === undefined) return;
    const want = expected(whole).toSorted((a, b) => a - b);
    const bytes = await stored.tensor.read(0, want.length);
    expect(want.map((_, i) => bytes[2 * i])).toEqual(want);
    expect(stored.tensor.shape).toEqual(axes!.map((axis) => whole.shape[axis]));
  });

  it('the other byte order, dense or not', async () => {
    expect(await numbers(view({ shape: [3], strides: [1] }, 120, true))).toEqual([0, 1, 2]);
    expect(await numbers(view({ dtype: 'F64', shape: [2, 2], strides: [1, 2] }, 120, true))).toEqual([0, 2, 1, 3]);
  });

  it('windows of a storage that is larger than one', async () => {
    const elements = 10_000_000;
    const bytes = new Uint8Array(elements).map((_, i) => (i * 7) % 251);
    let longest = 0;
    const source = memorySource(bytes);
    const counting = {
      ...source,
      async read(offset: number, length: number) {
        longest = Math.max(longest, length);
        return source.read(offset, length);
      },
    };
    const storage = { elements, bigEndian: false, open: async () => counting };
    const [rows, columns] = [2500, 4000];
    const tensor = stridedTensor({
      dtype: 'U8',
      shape: [columns, rows],
      strides: [1, columns],
      offset: 0,
      storage,
      where: 'w',
    });
    const [from, to] = [rows * 3 + 5, rows * 7 + 11];
    const got = await tensor.read(from, to);
    const wrong = [...got.keys()].filter((i) => {
      const [column, row] = [Math.floor((from + i) / rows), (from + i) % rows];
      return got[i] !== bytes[row * columns + column];
    });
    expect(wrong).toEqual([]);
    expect(longest).toBeLessThanOrEqual(2 ** 23);
  });
});

describe('stridedTensor refuses', () => {
  it.each<[string, Partial<StridedView>, RegExp]>([
    ['an element past the end', { shape: [121], strides: [1] }, /121 from 0 on reaches past the 120 stored elements/],
    ['an offset past the end', { shape: [1], strides: [1], offset: 120 }, /from 120 on reaches past/],
    ['strides past the end', { shape: [2, 3], strides: [118, 1] }, /2x3 from 0 on reaches past/],
    ['nothing past the end', { shape: [0], strides: [1], offset: 121 }, /reaches past/],
    ['extents whose product is infinite', { shape: [2 ** 52, 2 ** 52], strides: [2 ** 52, 1] }, /reaches past/],
    ['a tensor that is one element', { shape: [2 ** 40], strides: [0] }, /repeats the 120 stored .*contiguous/],
    [
      'an infinite one',
      { shape: Array.from({ length: 30 }, () => 2 ** 52), strides: Array(30).fill(0) },
      /repeats the/,
    ],
    ['a stride too few', { shape: [2, 3], strides: [3] }, /2 extents and 1 strides/],
    ['a rank without end', { shape: Array(33).fill(1), strides: Array(33).fill(1) }, /33 extents/],
  ])('%s', (_what, fields, message) => {
    expect(() => stridedTensor(view(fields))).toThrow(message);
  });

  it.each([
    [-1, 2],
    [2, 1],
    [0, 121],
    [0.5, 1],
    [0, Number.NaN],
  ])('to read from %d to %d', async (from, to) => {
    await expect(stridedTensor(view({})).read(from, to)).rejects.toMatchObject({ code: 'invalid-input' });
  });
});

describe('denseStrides', () => {
  it('has the last axis first, or the first', () => {
    expect(denseStrides([2, 3, 5])).toEqual([15, 5, 1]);
    expect(denseStrides([2, 3, 5], 'F')).toEqual([1, 2, 6]);
    expect(denseStrides([])).toEqual([]);
  });
});
