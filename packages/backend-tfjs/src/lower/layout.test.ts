import { expect, it } from 'vitest';
import { fromNhwc, toHwio, toInOut, toNhwc } from './layout.ts';

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
