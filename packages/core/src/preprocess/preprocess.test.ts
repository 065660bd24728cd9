import { describe, expect, it } from 'vitest';
import { preprocess } from './preprocess.ts';
import type { Preprocessing, RgbaImage } from './preprocessing.ts';
import { resizeRegion } from './resample.ts';
import { grey, made } from './test-images.ts';

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
      why: 'the mean of a grey image is that of its own channel',
      spec: { channels: 'grey', mean: { kind: 'own-scalar' } },
      want: [-15, undefined, undefined],
    },
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

  it('mirrors crops of any width, channel by channel', () => {
    const image = made(5, 5);
    const { data } = preprocess(image, { crop: { mode: 'ten', size: 3 }, channels: 'RGB' });
    const view = (n: number, c: number, y: number, x: number) => data[((n * 3 + c) * 3 + y) * 3 + x];
    for (let n = 0; n < 5; n++) {
      for (let i = 0; i < 27; i++) {
        const [c, y, x] = [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3];
        expect(view(n + 5, c, y, x)).toBe(view(n, c, y, 2 - x));
      }
    }
  });

  it('ignores alpha', () => {
    const data = square.data.map((byte, i) => (i % 4 === 3 ? 0 : byte));
    expect(preprocess({ ...square, data }, two)).toEqual(preprocess(square, two));
  });

  it('reads clamped bytes, as a canvas gives them, alike', () => {
    const data = Uint8ClampedArray.from(square.data);
    expect(preprocess({ ...square, data }, two)).toEqual(preprocess(square, two));
  });

  it('spreads a single pixel over the whole input', () => {
    const { data } = preprocess(grey(1, [7]), { ...two, resize: { mode: 'warp', size: 2, resampling: 'bilinear' } });
    expect([...data]).toEqual([7, 7, 7, 7, 57, 57, 57, 57, 107, 107, 107, 107]);
  });

  it.each([
    // short side 2: 5 x 3 becomes 3.33 x 2, and 3 x 5 becomes 2 x 3.33, both cut to 3
    { why: 'wide', width: 5, height: 3, resized: [3, 2] },
    { why: 'tall', width: 3, height: 5, resized: [2, 3] },
  ] as const)('keeps the aspect of a $why image, the long side rounded down', ({ width, height, resized: [w, h] }) => {
    const image = made(width, height);
    const { data } = preprocess(image, { ...two, resize: { mode: 'short-side', size: 2, resampling: 'bilinear' } });
    const all = resizeRegion(image, w, h, 'bilinear', { left: 0, top: 0, width: 2, height: 2 });
    expect([...data]).toEqual([0, 1, 2].flatMap((c) => [0, 1, 2, 3].map((p) => Math.fround(all[3 * p + c]!))));
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

  it('warps a column of three million pixels without a copy of its rows', () => {
    const image = { width: 1, height: 3_000_000, data: new Uint8Array(12_000_000).fill(9) };
    const { data } = preprocess(image, {
      resize: { mode: 'warp', size: 256, resampling: 'bilinear' },
      crop: { mode: 'centre', size: 227 },
      channels: 'RGB',
    });
    expect(data.every((x) => x === 9)).toBe(true);
  });

  it('takes ten crops of a strip whose resized form would not fit into memory', () => {
    const image = { width: 2_000_000, height: 1, data: new Uint8Array(8_000_000).fill(3) };
    image.data.fill(200, 8_000_000 - 400);
    const { data } = preprocess(image, {
      resize: { mode: 'short-side', size: 1024, resampling: 'bilinear' },
      crop: { mode: 'ten', size: 6 },
      channels: 'RGB',
    });
    expect([0, 1, 2, 3, 4].map((n) => data[n * 3 * 36])).toEqual([3, 200, 3, 200, 3]);
  });

  it.each([
    { why: 'an empty image', image: made(0, 4), spec: two, says: '0x4' },
    {
      why: 'RGB without alpha',
      image: { width: 2, height: 2, data: new Uint8Array(12) },
      spec: two,
      says: 'needs 16 bytes of RGBA but got 12',
    },
    {
      why: 'more bytes than pixels',
      image: { width: 2, height: 2, data: new Uint8Array(20) },
      spec: two,
      says: 'needs 16 bytes of RGBA but got 20',
    },
    {
      why: 'an image narrower than the crop',
      image: made(1, 3),
      spec: two,
      says: '1x3 pixels is smaller than the crop of 2x2',
    },
    {
      why: 'an image lower than the crop',
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
      why: 'a mean image without its values',
      image: square,
      spec: { ...two, mean: { kind: 'image', image: { shape: [3, 2, 4], data: new Float32Array(23) } } },
      says: 'needs 24 values but got 23',
    },
    { why: 'a size that is not whole', image: { ...square, width: 2.5 }, spec: two, says: 'no whole size' },
    {
      why: 'a crop of nothing',
      image: square,
      spec: { ...two, crop: { mode: 'centre', size: 0 } },
      says: 'A crop of 0 pixels',
    },
    {
      why: 'a crop that would fill the memory',
      image: square,
      spec: {
        ...two,
        resize: { mode: 'warp', size: 100_000, resampling: 'bilinear' },
        crop: { mode: 'centre', size: 100_000 },
      },
      says: 'A crop of 100000 pixels',
    },
    {
      why: 'a resize to no size',
      image: square,
      spec: { ...two, resize: { mode: 'warp', size: Number.NaN, resampling: 'bilinear' } },
      says: 'A resize to NaN pixels',
    },
    {
      why: 'a mean for fewer channels',
      image: square,
      spec: { ...two, mean: { kind: 'channel', values: [1, 2] } },
      says: 'The mean [1, 2] must be 3 numbers',
    },
    {
      why: 'a mean of three channels for grey',
      image: square,
      spec: { ...two, channels: 'grey', mean: { kind: 'channel', values: [1, 2, 3] } },
      says: 'must be 1 numbers',
    },
    {
      why: 'a deviation of zero',
      image: square,
      spec: { ...two, deviation: [1, 0, 1] },
      says: 'The deviation [1, 0, 1]',
    },
    { why: 'a scale that is no number', image: square, spec: { ...two, scale: Number.NaN }, says: 'The scale NaN' },
  ] satisfies { why: string; image: RgbaImage; spec: Preprocessing; says: string }[])(
    'rejects $why',
    ({ image, spec, says }) => {
      expect(() => preprocess(image, spec)).toThrow(
        expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(says) }),
      );
    },
  );
});
