import { describe, expect, it } from 'vitest';
import { createVariant } from '../../variants/index.ts';
import { philoxStream } from '../philox.ts';
import { fitCodebook } from './codebook.ts';
import { magnitudeThreshold } from './prune.ts';
import { paperDcRecipe } from './recipe.ts';
import { fitSharing, shareWeights } from './share.ts';

/** Sums of four uniform numbers: a bell, in any engine the same. */
const bell = (length: number, seed: number) => {
  const words = philoxStream([0, 0, 0, 0], [seed, 4], 4 * length);
  return Float32Array.from(
    { length },
    (_, i) => (words[4 * i]! + words[4 * i + 1]! + words[4 * i + 2]! + words[4 * i + 3]!) / 2 ** 33 - 1,
  );
};
const squaredError = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);

describe('magnitudeThreshold', () => {
  it.each([0.001, 0.09, 0.5, 0.84, 1])('is the magnitude of rank density x length: %d', (density) => {
    const data = bell(7001, 1);
    const sorted = [...data].map(Math.abs).sort((a, b) => b - a);
    expect(magnitudeThreshold(data, density)).toBe(sorted[Math.round(density * 7001) - 1]);
  });

  it.each([
    { why: 'nothing is kept', data: [1, 2, 3], density: 0, threshold: Number.POSITIVE_INFINITY },
    { why: 'less than half of one is kept', data: [1, 2, 3], density: 0.1, threshold: Number.POSITIVE_INFINITY },
    { why: 'there is nothing', data: [], density: 0.5, threshold: Number.POSITIVE_INFINITY },
    { why: 'all is 0', data: [0, -0, 0], density: 0.5, threshold: 0 },
    { why: 'equal magnitudes', data: [2, -2, 2, 1], density: 0.25, threshold: 2 },
    { why: 'subnormal numbers', data: [2 ** -149, -(2 ** -148), 0], density: 0.4, threshold: 2 ** -148 },
  ])('$why', ({ data, density, threshold }) => {
    expect(magnitudeThreshold(Float32Array.from(data), density)).toBe(threshold);
  });
});

describe('fitCodebook', () => {
  it('is the values themselves where they fit', () => {
    expect([...fitCodebook(Float32Array.of(3, -1, 3, 2, -1), 2)]).toEqual([-1, 2, 3]);
  });

  it('finds clusters that lie apart', () => {
    const near = [-5, -1, 2, 9].flatMap((centre) => [centre - 0.25, centre, centre + 0.25]);
    expect([...fitCodebook(Float32Array.from(near), 2)]).toEqual([-5, -1, 2, 9]);
  });

  it('is a fixed point: each value is the mean of what is nearest to it', () => {
    const data = bell(20_000, 2);
    const book = fitCodebook(data.slice(), 5);
    expect(book.length).toBe(32);
    const shared = shareWeights(data, { threshold: 0, book, density: 1 });
    for (const value of book) {
      const share = data.filter((_, i) => shared[i] === value);
      expect(Math.abs(share.reduce((sum, one) => sum + one, 0) / share.length - value)).toBeLessThan(1e-6);
    }
  });

  it('is better than equal distances, and better with more values', () => {
    const data = bell(20_000, 3);
    const linear = Float32Array.from({ length: 16 }, (_, i) => -1 + (2 * i) / 15);
    const errorWith = (book: Float32Array) =>
      squaredError(data, shareWeights(data, { threshold: 0, book, density: 1 }));
    const [four, five] = [4, 5].map((bits) => errorWith(fitCodebook(data.slice(), bits)));
    expect(four).toBeLessThan(0.75 * errorWith(linear));
    expect(five).toBeLessThan(0.4 * four!);
  });

  it.each([
    { why: 'no values', data: [], bits: 5, book: [] },
    { why: 'one value for all', data: [1, 2, 6], bits: 0, book: [3] },
    { why: 'values whose mean is 0, which is what is pruned', data: [-2, -1, 1, 2], bits: 0, book: [] },
    { why: 'a constant', data: [7, 7, 7], bits: 8, book: [7] },
  ])('takes $why', ({ data, bits, book }) => {
    expect([...fitCodebook(Float32Array.from(data), bits)]).toEqual(book);
  });
});

describe('shareWeights', () => {
  it('keeps the largest share of the values, and of these few different ones', () => {
    const data = bell(40_000, 5);
    const sharing = fitSharing(data, { density: 0.09, bits: 4 });
    const shared = shareWeights(data, sharing);
    expect(shared.filter((value) => value !== 0).length).toBe(3600);
    expect(new Set(shared).size).toBe(17);
    expect(sharing.density).toBe(0.09);
  });

  it('gives the same for rows as for all of them, in any order', () => {
    const data = bell(3000, 6);
    const sharing = fitSharing(data, { density: 0.3, bits: 3 });
    const all = shareWeights(data, sharing);
    expect(shareWeights(data.subarray(1000, 2000), sharing)).toEqual(all.slice(1000, 2000));
  });

  it('keeps equal magnitudes together, and says how many that are', () => {
    const data = Float32Array.of(1, -1, 1, -1, 0, 0, 0, 0);
    const sharing = fitSharing(data, { density: 0.125, bits: 1 });
    expect(sharing.density).toBe(0.5);
    expect(shareWeights(data, sharing)).toEqual(data);
  });

  it.each([
    { why: 'nothing at density 0', data: [1, 2, 3], density: 0 },
    { why: 'nothing of zeros', data: [0, 0, 0], density: 1 },
  ])('keeps $why', ({ data, density }) => {
    const sharing = fitSharing(Float32Array.from(data), { density, bits: 5 });
    expect([...shareWeights(Float32Array.from(data), sharing)]).toEqual([0, 0, 0]);
    expect(sharing.density).toBe(0);
  });
});

describe('paperDcRecipe', () => {
  it('is Table 4 of the paper for its network', () => {
    const recipe = paperDcRecipe(createVariant('bvlc-alexnet').graph);
    expect([...recipe].map(([name, { density, bits }]) => [name, density, bits])).toEqual([
      ['conv1.weight', 0.84, 8],
      ['conv2.weight', 0.38, 8],
      ['conv3.weight', 0.35, 8],
      ['conv4.weight', 0.37, 8],
      ['conv5.weight', 0.37, 8],
      ['fc6.weight', 0.09, 5],
      ['fc7.weight', 0.09, 5],
      ['fc8.weight', 0.25, 5],
    ]);
  });
});
