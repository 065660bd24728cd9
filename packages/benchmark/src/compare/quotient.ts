import type { Interval } from '../protocol/statistics.ts';

/**
 * a / b with its interval, from two independent estimates of which only the intervals are known: MOVER on logarithms, which keeps unequal halves apart
 * (Zou & Donner 2008, Construction of confidence limits about effect measures, section 2). `wider` stretches the result, for claims about many at once.
 * Undefined where an interval touches 0: nothing can be said of such a time.
 */
export function quotientOf(a: Interval, b: Interval, wider = 1): Interval | undefined {
  if (!(Math.min(a.low, b.low) > 0)) return undefined;
  const value = Math.log(a.value / b.value);
  const low = Math.hypot(Math.log(a.value / a.low), Math.log(b.high / b.value));
  const high = Math.hypot(Math.log(a.high / a.value), Math.log(b.value / b.low));
  return { value: Math.exp(value), low: Math.exp(value - wider * low), high: Math.exp(value + wider * high) };
}

/**
 * By how much 95 % intervals must be wider so that all `claims` of them hold at once in 95 % of cases (Bonferroni), as far as estimates are normal on
 * their scale. 1 for one claim, 1.46 for 12.
 */
export function widthForAll(claims: number): number {
  return upperNormal(0.025 / Math.max(1, claims)) / upperNormal(0.025);
}

/** The value that a standard normal variable exceeds with probability p < 0.5; error below 4.5e-4 (Abramowitz & Stegun 26.2.23). */
function upperNormal(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}
