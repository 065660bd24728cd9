import { describe, expect, it } from 'vitest';
import { activationPicture } from './activations.ts';
import { viridis } from './viridis.ts';

const tensor = (shape: readonly number[], valueAt: (i: number) => number) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => valueAt(i)),
});
const bytes = (place: number) => [...Uint8ClampedArray.from(viridis(place))];
const pixel = ({ width, data }: { width: number; data: Uint8ClampedArray }, x: number, y: number) => [
  ...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3),
];

describe('a value as a picture', () => {
  it('has a map for every channel, all in one range', () => {
    const { picture, ...facts } = activationPicture(
      tensor([1, 2, 3, 4], (i) => i),
      0,
    );
    expect(facts).toEqual({ shape: [2, 3, 4], range: { min: 0, max: 23, others: 0 }, shown: 2, channels: 2 });
    expect([picture.width, picture.height]).toEqual([9, 3]);
    expect(pixel(picture, 0, 0)).toEqual(bytes(0));
    expect(pixel(picture, 6, 1)).toEqual(bytes(17 / 23));
    expect(pixel(picture, 8, 2)).toEqual(bytes(1));
  });

  it('is that of one sample', () => {
    const { range } = activationPicture(
      tensor([3, 2, 1, 1], (i) => i),
      1,
    );
    expect(range).toEqual({ min: 2, max: 3, others: 0 });
  });

  it('is a strip for a layer without height and width', () => {
    const { picture, shown } = activationPicture(
      tensor([1, 100], (i) => i),
      0,
    );
    expect([picture.width, picture.height, shown]).toEqual([20, 5, 100]);
    expect(pixel(picture, 19, 4)).toEqual(bytes(1));
  });

  it('takes every second pixel of large maps, and no more channels than can be seen', () => {
    const { picture, shown, channels } = activationPicture(
      tensor([1, 600, 50, 41], () => 0),
      0,
    );
    expect([shown, channels]).toEqual([512, 600]);
    expect(picture.width % 22).toBe(21); // columns of 21 pixels and a gap
  });

  it('shows what is no number', () => {
    const { picture, range } = activationPicture(
      tensor([1, 3], (i) => (i === 1 ? NaN : i)),
      0,
    );
    expect(range.others).toBe(1);
    expect(pixel(picture, 1, 0)).toEqual([255, 0, 255]);
  });
});

describe('viridis', () => {
  // matplotlib's own, which the polynomials meet within two percent
  it.each([
    { place: 0, colour: [68, 1, 84] },
    { place: 0.5, colour: [33, 145, 140] },
    { place: 1, colour: [253, 231, 37] },
  ])('is that of matplotlib at $place', ({ place, colour }) => {
    for (const [c, value] of viridis(place).entries()) expect(Math.abs(value - colour[c]!)).toBeLessThan(6);
  });
});
