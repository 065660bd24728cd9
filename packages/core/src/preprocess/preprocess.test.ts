import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { preprocess } from './preprocess.ts';
import type { Preprocessing, Resampling, RgbaImage } from './preprocessing.ts';
import { resizeRegion } from './resample.ts';

/** The rule of the golden images: every byte different from its neighbours, so that no two axes or channels can be swapped. */
function made(width: number, height: number): RgbaImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 4 }, (_, i) => (i * i * 7 + i * 31) % 251) };
}

/** An image of one channel's values: red = the value, green = value + 50, blue = value + 100. */
function grey(width: number, values: readonly number[]): RgbaImage {
  return {
    width,
    height: values.length / width,
    data: Uint8Array.from(values.flatMap((v) => [v, v + 50, v + 100, 255])),
  };
}

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

describe('preprocessing', () => {
  const two: Preprocessing = { crop: { mode: 'centre', size: 2 }, channels: 'RGB' };
  const square = grey(2, [10, 20, 30, 40]);

  it('puts channels into planes, red first', () => {
    expect(preprocess(square, two)).toEqual({
      shape: [1, 3, 2, 2],
      data: Float32Array.of(10, 20, 30, 40, 60, 70, 80, 90, 110, 120, 130, 140),
    });
  });

  it.each([
    { why: 'BGR reverses the planes', spec: { channels: 'BGR' }, want: [110, 60, 10] },
    {
      why: 'a mean per channel is in the order of the network',
      spec: { channels: 'BGR', mean: { kind: 'channel', values: [1, 2, 3] } },
      want: [109, 58, 7],
    },
    { why: 'the mean of the image itself is one number', spec: { mean: { kind: 'own-scalar' } }, want: [-65, -15, 35] },
    {
      why: 'scale comes after the mean',
      spec: { mean: { kind: 'channel', values: [8, 8, 8] }, scale: 0.5 },
      want: [1, 26, 51],
    },
    { why: 'deviation comes last', spec: { scale: 0.5, deviation: [5, 0.5, 55] }, want: [1, 60, 1] },
    {
      why: 'a mean image is taken at its centre',
      spec: {
        mean: { kind: 'image', image: { shape: [3, 4, 4], data: Float32Array.from({ length: 48 }, (_, i) => i) } },
      },
      want: [5, 39, 73],
    },
  ] as const)('$why', ({ spec, want }) => {
    const { data } = preprocess(square, { ...two, ...spec });
    expect([data[0], data[4], data[8]]).toEqual(want);
  });

  it('makes grey of one channel by luma', () => {
    const { shape, data } = preprocess(square, { ...two, channels: 'grey' });
    expect(shape).toEqual([1, 1, 2, 2]);
    expect(data[0]).toBe(Math.fround(0.299 * 10 + 0.587 * 60 + 0.114 * 110));
  });

  it.each([
    { width: 256, size: 227, left: 14, why: 'Caffe: 14.5 to 14' },
    { width: 341, size: 224, left: 58, why: 'torchvision: 58.5 to 58' },
    { width: 343, size: 224, left: 60, why: 'torchvision: 59.5 to 60' },
  ])('crops the centre of $width at $left: $why', ({ width, size, left }) => {
    const image = made(width, width);
    const { data } = preprocess(image, { crop: { mode: 'centre', size }, channels: 'RGB' });
    expect(data[0]).toBe(image.data[(left * width + left) * 4]);
  });

  it('takes ten crops: four corners, the centre, then their mirror images', () => {
    const image = grey(4, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]); // 4 wide, 3 high
    const { shape, data } = preprocess(image, { crop: { mode: 'ten', size: 2 }, channels: 'RGB' });
    expect(shape).toEqual([10, 3, 2, 2]);
    const crop = (n: number) => [...data.slice(n * 12, n * 12 + 4)];
    expect([0, 1, 2, 3, 4].map(crop)).toEqual([
      [0, 1, 4, 5],
      [2, 3, 6, 7],
      [4, 5, 8, 9],
      [6, 7, 10, 11],
      [1, 2, 5, 6],
    ]);
    expect([5, 6, 7, 8, 9].map(crop)).toEqual([
      [1, 0, 5, 4],
      [3, 2, 7, 6],
      [5, 4, 9, 8],
      [7, 6, 11, 10],
      [2, 1, 6, 5],
    ]);
  });

  it.each([
    { why: 'a single pixel', image: made(1, 1) },
    { why: 'a strip 20,000 pixels wide and 3 high', image: made(20_000, 3) },
    { why: 'a column 20,000 pixels high', image: made(2, 20_000) },
  ])('takes $why', ({ image }) => {
    const { shape, data } = preprocess(image, {
      resize: { mode: 'short-side', size: 256, resampling: 'bilinear-antialias' },
      crop: { mode: 'centre', size: 224 },
      channels: 'RGB',
    });
    expect(shape).toEqual([1, 3, 224, 224]);
    expect(data.every(Number.isFinite)).toBe(true);
  });

  const short: Preprocessing = {
    ...two,
    resize: { mode: 'short-side', size: 6, resampling: 'bilinear' },
    crop: { mode: 'centre', size: 6 },
  };
  it.each([
    { why: 'an empty image', image: made(0, 4), spec: two, says: '0x4' },
    {
      why: 'RGB without alpha',
      image: { width: 2, height: 2, data: new Uint8Array(12) },
      spec: two,
      says: 'needs 16 bytes of RGBA but got 12',
    },
    {
      why: 'an image smaller than the crop',
      image: made(3, 1),
      spec: two,
      says: '3x1 pixels is smaller than the crop of 2x2',
    },
    {
      why: 'a mean image that is too small',
      image: square,
      spec: { ...two, mean: { kind: 'image', image: { shape: [3, 1, 2], data: new Float32Array(6) } } },
      says: '3x1x2',
    },
    {
      why: 'ten crops of an image that is too long',
      image: made(20_000_000, 1),
      spec: { ...short, crop: { mode: 'ten', size: 6 } },
      says: 'Ten crops',
    },
  ] satisfies { why: string; image: RgbaImage; spec: Preprocessing; says: string }[])(
    'rejects $why',
    ({ image, spec, says }) => {
      expect(() => preprocess(image, spec)).toThrow(
        expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(says) }),
      );
    },
  );
});
