import { philoxStream } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import {
  clockStep,
  isStationary,
  median,
  medianInterval,
  outliers,
  quantile,
  ratioInterval,
  verdictOf,
} from './statistics.ts';

/** Positive, skewed times, like those of a computer: 10 plus the sum of two uniform numbers, now and then doubled. */
function times(seed: number, count: number, factor = 1): number[] {
  const words = philoxStream([0, 0, 0, 0], [seed, 1], 3 * count);
  const uniform = (i: number) => words[i]! / 2 ** 32;
  return Array.from(
    { length: count },
    (_, i) => factor * (10 + uniform(3 * i) + uniform(3 * i + 1)) * (uniform(3 * i + 2) > 0.95 ? 2 : 1),
  );
}

describe('quantiles', () => {
  it.each([
    { why: 'the middle of an odd count', sorted: [1, 2, 9], p: 0.5, want: 2 },
    { why: 'between the middle two of an even count', sorted: [1, 2, 4, 9], p: 0.5, want: 3 },
    { why: 'interpolated', sorted: [0, 10, 20, 30, 40], p: 0.9, want: 36 },
    { why: 'the ends', sorted: [3, 5], p: 1, want: 5 },
    { why: 'one sample', sorted: [7], p: 0.99, want: 7 },
  ])('$why', ({ sorted, p, want }) => {
    expect(quantile(sorted, p)).toBeCloseTo(want, 12);
  });

  it('do not need sorted samples for a median, and leave them as they are', () => {
    const values = [9, 1, 5];
    expect(median(values)).toBe(5);
    expect(values).toEqual([9, 1, 5]);
  });
});

describe('the interval of a median', () => {
  // ranks from tables of the binomial distribution: P(X < k) <= 0.025 for X ~ B(n, 1/2)
  it.each([
    { n: 1, low: 1, high: 1 },
    { n: 5, low: 1, high: 5 },
    { n: 6, low: 1, high: 6 },
    { n: 9, low: 2, high: 8 },
    { n: 12, low: 3, high: 10 },
    { n: 20, low: 6, high: 15 },
    { n: 50, low: 18, high: 33 },
  ])('of $n samples goes from rank $low to $high', ({ n, low, high }) => {
    const ranks = Array.from({ length: n }, (_, i) => i + 1);
    expect(medianInterval(ranks)).toMatchObject({ low, high });
  });

  it('holds the true median at least 95 times in 100', () => {
    const truth = median(times(999, 20_001));
    const held = Array.from({ length: 400 }, (_, seed) => medianInterval(times(seed, 25))).filter(
      ({ low, high }) => low <= truth && truth <= high,
    );
    expect(held.length / 400).toBeGreaterThan(0.93);
  });
});

describe('the interval of a ratio', () => {
  it('holds the true ratio, and rarely claims a difference that is not there', () => {
    let held = 0;
    let claimed = 0;
    for (let seed = 0; seed < 100; seed++) {
      const { low, high } = ratioInterval(times(seed, 20), times(seed + 1000, 20, 1.3));
      if (low <= 1.3 && 1.3 <= high) held++;
      if (verdictOf(ratioInterval(times(seed, 20), times(seed + 2000, 20))) !== 'no difference shown') claimed++;
    }
    expect(held).toBeGreaterThanOrEqual(88);
    expect(claimed).toBeLessThanOrEqual(10);
  });

  it('is not widened by what slows whole rounds', () => {
    const drift = Array.from({ length: 15 }, (_, i) => 1 + i / 5);
    const a = times(1, 15).map((ms) => Math.min(ms, 12));
    const { low, high } = ratioInterval(
      a.map((ms, i) => ms * drift[i]!),
      a.map((ms, i) => 2 * ms * drift[i]!),
    );
    expect(low).toBeGreaterThan(1.99);
    expect(high).toBeLessThan(2.01);
  });

  it('turns round with its candidates', () => {
    const there = ratioInterval(times(1, 10), times(2, 10));
    const back = ratioInterval(times(2, 10), times(1, 10));
    expect(1 / back.value).toBeCloseTo(there.value, 12);
    expect([1 / back.high, 1 / back.low]).toEqual([expect.closeTo(there.low, 12), expect.closeTo(there.high, 12)]);
  });
});

describe('a verdict', () => {
  it.each([
    { low: 1.01, high: 1.5, want: 'faster' },
    { low: 0.5, high: 0.99, want: 'slower' },
    { low: 0.99, high: 1.5, want: 'no difference shown' },
    { low: 1, high: 1.2, want: 'no difference shown' },
  ])('of [$low, $high] is $want', ({ low, high, want }) => {
    expect(verdictOf({ value: 1.1, low, high })).toBe(want);
  });
});

it('counts outliers and none among equal samples', () => {
  expect(outliers([10, 10.1, 9.9, 10.2, 9.8, 30])).toBe(1);
  expect(outliers([1, 1, 1, 1, 50])).toBe(0);
});

it.each([
  { why: 'too few to tell', samples: [5, 4, 3], want: false },
  { why: 'still falling', samples: [90, 60, 40, 30, 25, 22], want: false },
  { why: 'level', samples: [90, 22, 21, 22, 21, 22], want: true },
  { why: 'rising, which no warm-up cures', samples: [20, 21, 22, 25, 26, 27], want: true },
])('warm-up ends when times are stationary: $why', ({ samples, want }) => {
  expect(isStationary(samples)).toBe(want);
});

it('finds the step of a coarse clock', () => {
  let reads = 0;
  expect(clockStep(() => Math.floor(reads++ / 10) * 5)).toBe(5);
});
