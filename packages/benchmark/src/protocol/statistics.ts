import { ascending, type Interval, median, medianInterval, quantile } from '@alexnet/core';
import type { Verdict } from '../records.ts';

export { ascending, type Interval, median, medianInterval, quantile };

/** Samples further than 5 median absolute deviations from the median: counted, never left out. */
export function outliers(values: readonly number[]): number {
  const centre = median(values);
  const deviation = median(values.map((value) => Math.abs(value - centre)));
  return deviation === 0 ? 0 : values.filter((value) => Math.abs(value - centre) > 5 * deviation).length;
}

/**
 * How many times as long `b` takes as `a`, which were timed in the same rounds: the median of the rounds' ratios with its distribution-free interval.
 * What slows a whole round slows both and cancels. Of equally fast candidates in a random order, each round's ratio is above or below 1 by the toss
 * of a coin, so that the interval misses 1 in at most `miss` of cases, whatever the times look like (the sign test, Lehmann 1975, section 3.3).
 */
export function ratioInterval(a: readonly number[], b: readonly number[], miss = 0.05): Interval {
  const { value, low, high } = medianInterval(
    a.map((ms, round) => Math.log(b[round]! / ms)),
    miss,
  );
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) };
}

/**
 * The ratio median(b) / median(a) where there are too few rounds for that: the interval goes from the smallest to the
 * largest ratio of any two turns.
 */
export function ratioRange(a: readonly number[], b: readonly number[]): Interval {
  return {
    value: median(b) / median(a),
    low: Math.min(...b) / Math.max(...a),
    high: Math.max(...b) / Math.min(...a),
  };
}

/**
 * Whether it says anything that all of `m` turns are shorter than all of `n` others: of equally fast candidates, that happens by
 * chance in 2 of C(m + n, m) cases (Wilcoxon 1945), which must be at most 5 %.
 */
export function canSeparate(m: number, n: number): boolean {
  let orders = 1;
  for (let i = 1; i <= m; i++) orders = (orders * (n + i)) / i;
  return 2 / orders <= 0.05;
}

/** A claim only when the interval of the ratio does not hold 1. */
export function verdictOf({ low, high }: Interval): Verdict {
  if (low > 1) return 'faster';
  return high < 1 ? 'slower' : 'no difference shown';
}

/** Whether times no longer fall: the last `window` are not lower, by 5 % or more, than the `window` before them. */
export function isStationary(times: readonly number[], window = 3): boolean {
  if (times.length < 2 * window) return false;
  return median(times.slice(-window)) > 0.95 * median(times.slice(-2 * window, -window));
}

/** The smallest step of a clock in its own unit, seen over a few readings. */
export function clockStep(now: () => number): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 50; i++) {
    const start = now();
    let next = now();
    for (let tries = 0; next === start && tries < 1e6; tries++) next = now();
    smallest = Math.min(smallest, next - start);
  }
  return smallest;
}
