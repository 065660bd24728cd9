import { describe, expect, it } from 'vitest';
import { mosaic } from './mosaic.ts';

describe('a mosaic', () => {
  it('puts tiles into rows, with a gap that is transparent', () => {
    const { width, height, data } = mosaic({
      count: 3,
      width: 2,
      height: 1,
      columns: 2,
      colour: (tile, x) => [tile, x, 9],
    });
    expect([width, height]).toEqual([5, 3]);
    const pixel = (x: number, y: number) => [...data.subarray(4 * (5 * y + x), 4 * (5 * y + x) + 4)];
    expect(pixel(1, 0)).toEqual([0, 1, 9, 255]);
    expect(pixel(2, 0)).toEqual([0, 0, 0, 0]);
    expect(pixel(3, 0)).toEqual([1, 0, 9, 255]);
    expect(pixel(0, 2)).toEqual([2, 0, 9, 255]);
    expect(pixel(4, 2)).toEqual([0, 0, 0, 0]);
  });

  it.each([
    { count: 96, width: 11, height: 11, columns: 12, why: '14 would be twice as wide as high; 12 fills all rows' },
    { count: 64, width: 11, height: 11, columns: 8, why: '11 would; 8 fills all rows' },
    { count: 7, width: 5, height: 5, columns: 4, why: 'nothing near fills all rows' },
    { count: 1, width: 3, height: 40, columns: 1, why: 'there is one tile' },
  ])('has $columns columns for $count tiles: $why', ({ count, width, height, columns }) => {
    const picture = mosaic({ count, width, height, colour: () => [0, 0, 0] });
    expect(picture.width).toBe(columns * (width + 1) - 1);
  });
});
