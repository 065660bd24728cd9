import { describe, expect, it } from 'vitest';
import { preprocess } from '../preprocess/preprocess.ts';
import type { Preprocessing } from '../preprocess/preprocessing.ts';
import { torchvision } from '../preprocess/presets.ts';
import { grey, made } from '../preprocess/test-images.ts';
import { augment } from './augment.ts';
import type { Augmentation } from './augmentation.ts';
import { augmentations } from './recipes.ts';
import { resizeImage } from './resize-image.ts';

const plain = (size: number): Preprocessing => ({ crop: { mode: 'centre', size }, channels: 'RGB' });
const key = { seed: 1, epoch: 0, index: 0 };
const each = (count: number, make: (index: number) => Float32Array) => Array.from({ length: count }, (_, i) => make(i));
const row = (from: Float32Array, length: number) => from.slice(0, length).join();

// red is 1 to 12: nothing is black
const picture = grey(4, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

describe('augment', () => {
  it.each([
    { why: 'without resize', image: made(9, 8), spec: plain(5) },
    { why: 'with resize, mean and deviation', image: made(300, 260), spec: torchvision(224) },
    { why: 'in BGR', image: made(9, 8), spec: { ...plain(4), channels: 'BGR' as const, scale: 1 / 255 } },
  ])('without steps is preprocess: $why', ({ image, spec }) => {
    expect(augment(image, spec, [], key)).toEqual(preprocess(image, spec));
  });

  it('gives a sample the same picture again, and others to others', () => {
    const steps = augmentations.paper(16);
    const at = (change: object) => augment(made(24, 20), plain(16), steps, { ...key, ...change }).data;
    expect(at({})).toEqual(at({}));
    for (const change of [{ seed: 2 }, { epoch: 1 }, { index: 1 }]) expect(at(change)).not.toEqual(at({}));
  });

  it('has not changed since runs were made with it', () => {
    const steps: Augmentation[] = [
      { kind: 'affine', rotation: 40, shift: [0.2, 0.1], shear: 10, zoom: 0.2, fill: 'nearest' },
      { kind: 'random-crop', size: 7, pad: 1 },
      { kind: 'flip' },
      { kind: 'colour-pca', strength: 0.1 },
    ];
    const { data } = augment(made(9, 8), plain(7), steps, { seed: 3, epoch: 4, index: 5 });
    expect([0, 24, 60, 100, 146].map((i) => data[i])).toEqual([
      85.91246032714844, 92.46551513671875, 155.87777709960938, 108.88524627685547, 125.70879364013672,
    ]);
  });
});

describe('a random crop', () => {
  it('takes every place, and no other', () => {
    const seen = each(
      200,
      (index) => augment(picture, plain(2), [{ kind: 'random-crop', size: 2 }], { ...key, index }).data,
    );
    const places = [0, 1, 2, 4, 5, 6].map((at) => [at, at + 1, at + 4, at + 5].map((i) => i + 1).join());
    expect(new Set(seen.map((data) => row(data, 4)))).toEqual(new Set(places));
  });

  it('of a resized picture is a part of it', () => {
    const spec: Preprocessing = {
      ...plain(5),
      resize: { mode: 'short-side', size: 7, resampling: 'bilinear-antialias' },
    };
    const { width, height, data } = resizeImage(made(30, 20), spec.resize);
    expect([width, height]).toEqual([10, 7]);
    const part = augment(made(30, 20), spec, [{ kind: 'random-crop', size: 5 }], key).data;
    const places = Array.from({ length: 6 * 3 }, (_, i) => [i % 6, Math.floor(i / 6)] as const);
    const reds = ([left, top]: readonly [number, number]) =>
      Array.from({ length: 25 }, (_, i) => data[((top + Math.floor(i / 5)) * 10 + left + (i % 5)) * 3]).join();
    expect(places.map(reds)).toContain(row(part, 25));
  });

  it('is black where it reaches into the padding', () => {
    const crop = (index: number) =>
      augment(picture, plain(3), [{ kind: 'random-crop', size: 3, pad: 2 }], { ...key, index }).data;
    const seen = each(300, crop).map((data) => row(data, 9));
    expect(new Set(seen).size).toBe(6 * 5);
    expect(seen).toContain('0,0,0,0,0,0,0,0,1'); // the top left corner
    expect(seen).toContain('12,0,0,0,0,0,0,0,0'); // the bottom right
    expect(seen).toContain('2,3,4,6,7,8,10,11,12');
  });

  it('mirrors the picture at its outermost pixels where that is asked for', () => {
    const steps: Augmentation[] = [{ kind: 'random-crop', size: 3, pad: 2, fill: 'reflect' }];
    const seen = each(300, (index) => augment(picture, plain(3), steps, { ...key, index }).data).map((data) =>
      row(data, 9),
    );
    expect(new Set(seen).size).toBe(6 * 4); // of three rows, two above them look like two below
    expect(seen).toContain('11,10,9,7,6,5,3,2,1'); // the top left corner
    expect(seen).toContain('12,11,10,8,7,6,4,3,2'); // the bottom right
    expect(seen).toContain('2,3,4,6,7,8,10,11,12');
    expect(() => augment(picture, plain(3), [{ ...steps[0]!, size: 4, pad: 3 } as Augmentation], key)).toThrow(
      /4x3 pixels has no 3 pixels on each side to reflect/,
    );
  });
});

describe('a flip', () => {
  const flipped = (probability: number, index: number) =>
    row(augment(picture, plain(3), [{ kind: 'flip', probability }], { ...key, index }).data, 3);
  it.each([
    { probability: 0, least: 0, most: 0 },
    { probability: 0.5, least: 440, most: 560 },
    { probability: 0.1, least: 60, most: 140 },
    { probability: 1, least: 1000, most: 1000 },
  ])('comes with probability $probability', ({ probability, least, most }) => {
    const seen = Array.from({ length: 1000 }, (_, index) => flipped(probability, index));
    // the centre of 4 columns is at 0: columns 0 1 2, or 3 2 1
    const count = seen.filter((line) => line === '4,3,2').length;
    expect(count).toBeGreaterThanOrEqual(least);
    expect(count).toBeLessThanOrEqual(most);
    expect(seen.filter((line) => line === '1,2,3').length).toBe(1000 - count);
  });
});

describe('an alternating flip', () => {
  const sides = (epoch: number, probability = 0.5) =>
    Array.from({ length: 200 }, (_, index) => {
      const steps: Augmentation[] = [{ kind: 'flip', probability, alternating: true }];
      return row(augment(picture, plain(3), steps, { ...key, epoch, index }).data, 3);
    });
  const other = (side: string) => (side === '1,2,3' ? '4,3,2' : '1,2,3');

  it('shows the other side in the second of two epochs, and draws anew after it', () => {
    expect(new Set(sides(6))).toEqual(new Set(['1,2,3', '4,3,2']));
    expect(sides(7)).toEqual(sides(6).map(other));
    expect(sides(8)).not.toEqual(sides(6));
    expect(sides(8)).not.toEqual(sides(7));
    expect(sides(9)).toEqual(sides(8).map(other));
  });

  it('swaps in its first epoch with the probability that it has', () => {
    expect(new Set(sides(2, 0))).toEqual(new Set(['1,2,3']));
    expect(new Set(sides(3, 0))).toEqual(new Set(['4,3,2']));
  });
});

describe('colour noise', () => {
  const noise = (index: number, strength = 0.1) => {
    const { data } = augment(picture, plain(3), [{ kind: 'colour-pca', strength }], { ...key, index });
    return [data[0]! - 1, data[9]! - 51, data[18]! - 101];
  };

  it('is one colour for all pixels', () => {
    const before = augment(picture, plain(3), [], key).data;
    const after = augment(picture, plain(3), [{ kind: 'colour-pca', strength: 0.1 }], key).data;
    for (const c of [0, 1, 2]) {
      const shift = after[c * 9]! - before[c * 9]!;
      expect(shift).not.toBe(0);
      for (let i = c * 9; i < c * 9 + 9; i++) expect(after[i]! - before[i]!).toBeCloseTo(shift, 4);
    }
  });

  it('has the covariance of ImageNet colours, V diag(stdev^2) V^T, times strength squared', () => {
    const many = Array.from({ length: 8000 }, (_, index) => noise(index));
    const covariance = (a: number, b: number) => many.reduce((sum, n) => sum + n[a]! * n[b]!, 0) / many.length;
    // computed in NumPy from cuda-convnet2's constants
    const want = [
      [54.7591, 47.055, 43.2449],
      [47.055, 51.8386, 49.0973],
      [43.2449, 49.0973, 59.3548],
    ];
    for (const a of [0, 1, 2])
      for (const b of [0, 1, 2]) expect(Math.abs(covariance(a, b) - want[a]![b]!)).toBeLessThan(3);
  });

  it('grows with its strength', () => {
    const [one, two] = [noise(3, 0.1), noise(3, 0.2)];
    for (const c of [0, 1, 2]) expect(two[c]).toBeCloseTo(2 * one[c]!, 4);
  });
});

it('cutout greys a square around any pixel, cut at the borders', () => {
  const cut = (index: number) =>
    augment(grey(5, Array(25).fill(9)), plain(5), [{ kind: 'cutout', size: 3 }], { ...key, index });
  const sizes = each(300, (index) => cut(index).data).map(
    (data) => data.slice(0, 25).filter((v) => v === 127.5).length,
  );
  expect(new Set(sizes)).toEqual(new Set([4, 6, 9]));
});

describe('recipes', () => {
  it.each(Object.entries(augmentations))('%s changes a picture of the size that it is for', (_, recipe) => {
    const image = made(40, 36);
    const spec: Preprocessing = { ...plain(32), resize: { mode: 'warp', size: 32, resampling: 'bilinear' } };
    const seen = each(4, (index) => augment(image, spec, recipe(32), { ...key, index }).data);
    expect(seen.some((data) => row(data, 1024) !== row(augment(image, spec, [], key).data, 1024))).toBe(true);
  });
});

describe('refuses', () => {
  const crop = (step: object) => [{ kind: 'random-crop', size: 2, ...step }];
  const affine = (step: object) => [{ kind: 'affine', fill: 'nearest', ...step }];
  it.each([
    { why: 'a crop without a size', steps: crop({ size: Number.NaN }), says: 'size' },
    { why: 'a padding of half a pixel', steps: crop({ pad: 0.5 }), says: 'pad' },
    { why: 'a padding that a crop could lie in', steps: crop({ pad: 2 }), says: 'pad must be smaller' },
    { why: 'a padding of unknown pixels', steps: crop({ pad: 1, fill: 'wrap' }), says: 'fill' },
    { why: 'a crop that the network cannot fill', steps: crop({ size: 1 }), says: 'smaller than the 2' },
    { why: 'a crop larger than the picture', steps: crop({ size: 4 }), says: '4x3 pixels is smaller' },
    { why: 'a probability above 1', steps: [{ kind: 'flip', probability: 1.5 }], says: 'probability' },
    {
      why: 'one number for both sides',
      steps: [{ kind: 'affine', shift: 0.1 as never, fill: 'nearest' }],
      says: 'shift',
    },
    { why: 'half a shift', steps: [{ kind: 'affine', shift: [0.1] as never, fill: 'nearest' }], says: 'shift' },
    { why: 'null for a probability', steps: [{ kind: 'flip', probability: null as never }], says: 'probability' },
    { why: 'null for a filling', steps: [{ kind: 'random-crop', size: 3, fill: null as never }], says: 'fill' },
    { why: 'a word for true', steps: [{ kind: 'flip', alternating: 'yes' as never }], says: 'alternating' },
    { why: 'a strength below 0', steps: [{ kind: 'colour-pca', strength: -0.1 }], says: 'strength' },
    { why: 'a rotation of more than half a turn', steps: affine({ rotation: 181 }), says: 'rotation' },
    { why: 'a shift that leaves nothing', steps: affine({ shift: [0, 1.5] }), says: 'shift[1]' },
    { why: 'a shear to a line', steps: affine({ shear: 90 }), says: 'shear' },
    { why: 'a zoom to nothing', steps: affine({ zoom: 1 }), says: 'zoom' },
    { why: 'an unknown fill', steps: affine({ fill: 'wrap' }), says: 'fill' },
    { why: 'a cutout of nothing', steps: [{ kind: 'cutout', size: 0 }], says: 'size' },
    { why: 'an unknown step', steps: [{ kind: 'solarise' }], says: 'solarise' },
  ])('$why', ({ steps, says }) => {
    const run = () => augment(picture, plain(2), steps as Augmentation[], key);
    expect(run).toThrow(expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(says) }));
  });

  it('a picture that grows beyond all memory', () => {
    const spec: Preprocessing = { ...plain(5), resize: { mode: 'short-side', size: 2048, resampling: 'bilinear' } };
    const long = made(40_000, 1);
    expect(() => augment(long, spec, [{ kind: 'flip', probability: 1 }], key)).toThrow(
      /81920000x2048 pixels is too large/,
    );
    expect(() =>
      augment(long, { ...spec, crop: { mode: 'centre', size: 5 } }, augmentations.caffe(5), key),
    ).not.toThrow();
    expect(() => resizeImage(long, spec.resize)).toThrow(/too large/);
  });
});
