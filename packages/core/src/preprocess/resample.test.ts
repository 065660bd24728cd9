import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Resampling } from './preprocessing.ts';
import { resizeRegion } from './resample.ts';
import { grey, made } from './test-images.ts';

const whole = (width: number, height: number) => ({ left: 0, top: 0, width, height });
const reds = (rgb: Float64Array) => [...rgb.filter((_, i) => i % 3 === 0)];

interface Golden {
  readonly why: string;
  readonly width: number;
  readonly height: number;
  readonly resized: readonly [number, number];
  readonly rgb: string;
}
const goldens: readonly Golden[] = JSON.parse(readFileSync(new URL('pillow.golden.json', import.meta.url), 'utf8'));

describe('bilinear with antialias is Pillow to the byte', () => {
  it.each(goldens)('$why: $width x $height to $resized', ({ width, height, resized: [w, h], rgb }) => {
    const got = resizeRegion(made(width, height), w, h, 'bilinear-antialias', whole(w, h));
    expect(Buffer.from(got).toString('base64')).toBe(rgb);
  });
});

describe('bilinear without antialias', () => {
  // worked by hand on one row 0 40 80 120, or on two rows
  const rows: readonly {
    why: string;
    resampling: Resampling;
    width: number;
    from: number[];
    to: [number, number];
    want: number[];
  }[] = [
    {
      why: 'doubles at half-pixel centres, clamped at the ends',
      resampling: 'bilinear',
      width: 2,
      from: [0, 40],
      to: [4, 1],
      want: [0, 10, 30, 40],
    },
    {
      why: 'halves to the middle of each pair',
      resampling: 'bilinear',
      width: 4,
      from: [0, 40, 80, 120],
      to: [2, 1],
      want: [20, 100],
    },
    {
      why: 'skips pixels when shrinking by 4',
      resampling: 'bilinear',
      width: 4,
      from: [0, 0, 80, 0],
      to: [1, 1],
      want: [40],
    },
    {
      why: 'doubles from the corner in the legacy way',
      resampling: 'bilinear-legacy',
      width: 2,
      from: [0, 40],
      to: [4, 1],
      want: [0, 20, 40, 40],
    },
    {
      why: 'halves by taking every other pixel in the legacy way',
      resampling: 'bilinear-legacy',
      width: 4,
      from: [0, 40, 80, 120],
      to: [2, 1],
      want: [0, 80],
    },
    {
      why: 'works down the columns alike',
      resampling: 'bilinear',
      width: 1,
      from: [0, 40],
      to: [1, 4],
      want: [0, 10, 30, 40],
    },
  ];
  it.each(rows)('$why', ({ resampling, width, from, to: [w, h], want }) => {
    const got = resizeRegion(grey(width, from), w, h, resampling, whole(w, h));
    expect(reds(got)).toEqual(want);
    expect([...got.filter((_, i) => i % 3 === 2)]).toEqual(want.map((v) => v + 100));
  });
});

describe.each(['bilinear-antialias', 'bilinear', 'bilinear-legacy'] as const)(
  'a region of a %s image',
  (resampling) => {
    it('is cut from the whole, without computing the rest', () => {
      const image = made(31, 19);
      const all = resizeRegion(image, 17, 23, resampling, whole(17, 23));
      const part = resizeRegion(image, 17, 23, resampling, { left: 5, top: 3, width: 7, height: 11 });
      for (let y = 0; y < 11; y++) {
        expect(part.slice(y * 21, (y + 1) * 21)).toEqual(all.slice(((y + 3) * 17 + 5) * 3, ((y + 3) * 17 + 12) * 3));
      }
    });
  },
);
