import { philoxStream } from '@alexnet/core';
import { expect, it } from 'vitest';
import { median, medianInterval } from '../protocol/statistics.ts';
import { quotientOf, widthForAll } from './quotient.ts';

it('divides estimates, with an interval as wide as both together', () => {
  const young = { value: 2, low: 2 / 1.03, high: 2 * 1.04 };
  const old = { value: 1, low: 1 / 1.04, high: 1.03 };
  const { value, low, high } = quotientOf(young, old)!;
  expect(value).toBeCloseTo(2, 12);
  expect(low).toBeCloseTo(2 * Math.exp(-Math.SQRT2 * Math.log(1.03)), 12);
  expect(high).toBeCloseTo(2 * Math.exp(Math.SQRT2 * Math.log(1.04)), 12);
});

it('says nothing of a time that may be 0', () => {
  const zero = { value: 1, low: 0, high: 2 };
  expect(quotientOf(zero, { value: 1, low: 1, high: 1 })).toBeUndefined();
});

it('widens for many claims as the normal distribution says', () => {
  expect(widthForAll(0)).toBe(1);
  expect(widthForAll(1)).toBe(1);
  expect(widthForAll(12)).toBeCloseTo(2.8653 / 1.96, 3);
  expect(widthForAll(100)).toBeCloseTo(3.4808 / 1.96, 3);
});

/** 15 turns around 10 ms, each off by up to 10 % to either side. */
function turns(seed: number): number[] {
  return [...philoxStream([0, 0, 0, 0], [seed, 5], 15)].map((word) => 9 + (2 * word) / 2 ** 32);
}

it('claims a difference between two runs of the same at most as often as it says', () => {
  const claims = Array.from({ length: 1000 }, (_, seed) => {
    const [a, b] = [turns(2 * seed), turns(2 * seed + 1)];
    const { low, high } = quotientOf(medianInterval(a), medianInterval(b))!;
    return low > 1 || high < 1 || median(a) <= 0;
  });
  expect(claims.filter(Boolean).length).toBeLessThanOrEqual(50);
  expect(claims.filter(Boolean).length).toBeGreaterThan(1); // not by being blind
});
