import { expect, it } from 'vitest';
import { fromNhwc, putHwcRows, putInOut, toHwio, toInOut, toNhwc } from './layout.ts';

const counted = (length: number) => Float32Array.from({ length }, (_, i) => i);

it('puts channels last, image by image, and back', () => {
  const images = counted(2 * 2 * 3 * 1);
  const nhwc = toNhwc(images, [2, 3, 1]);
  expect([...nhwc]).toEqual([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
  expect(fromNhwc(nhwc, [2, 3, 1])).toEqual(images);
});

it('turns OIHW into HWIO', () => {
  // [2, 3, 1, 4]: element [o, i, 0, w] is 12 o + 4 i + w and goes to [0, w, i, o]
  const hwio = toHwio(counted(24), [2, 3, 1, 4]);
  expect([...hwio.subarray(0, 8)]).toEqual([0, 12, 4, 16, 8, 20, 1, 13]);
});

it('turns [out, in] into [in, out]', () => {
  expect([...toInOut(counted(6), [2, 3])]).toEqual([0, 3, 1, 4, 2, 5]);
});

it('puts the rows for a flattened image into the order HWC', () => {
  // [1, 6] over an image of 2 channels and 3x1 pixels: c * 3 + p goes to p * 2 + c
  expect([...toInOut(counted(6), [1, 6], [2, 3, 1])]).toEqual([0, 3, 1, 4, 2, 5]);
});

it.each([
  { why: 'of flat values', image: undefined },
  { why: 'of a flattened image', image: [2, 3, 2] },
])('puts rows $why where all of them together go', ({ image }) => {
  const [out, into] = [5, 12];
  const weight = counted(out * into);
  const [columns, rows] = [new Float32Array(out * into), new Float32Array(out * into)];
  for (const [from, to] of [
    [0, 2],
    [2, 3],
    [3, 5],
  ] as const) {
    const some = { from, to, data: weight.subarray(from * into, to * into) };
    putInOut(some, into, image, { values: columns, first: from, pitch: out });
    putHwcRows(some, into, image, rows);
  }
  expect(columns).toEqual(toInOut(weight, [out, into], image));
  expect(rows).toEqual(image === undefined ? weight : toNhwc(weight, image));
});
