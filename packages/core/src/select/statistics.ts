/** An estimate with its 95 % confidence interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The p-quantile, 0 <= p <= 1, interpolated between order statistics (Hyndman & Fan 1996, type 7). `sorted` ascends. */
export function quantile(sorted: readonly number[], p: number): number {
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const a = sorted[below] ?? Number.NaN;
  const b = sorted[Math.min(below + 1, sorted.length - 1)] ?? a;
  return a + (at - below) * (b - a);
}

export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

export function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

/**
 * The median of independent samples with a distribution-free interval, which misses it in at most `miss` of cases, default 5 %: the k-th smallest and
 * the k-th largest sample, where the number of samples below the median is binomial(n, 1/2) (David & Nagaraja, Order Statistics, section 7.1).
 * Below 6 samples no such pair reaches 95 %: the interval is then the whole range.
 */
export function medianInterval(values: readonly number[], miss = 0.05): Interval {
  const sorted = ascending(values);
  const n = sorted.length;
  let tail = 0.5 ** n; // P(fewer than k samples below the median), for k = 1
  let probability = tail;
  let k = 1;
  for (let below = 1; below < n / 2; below++) {
    probability *= (n - below + 1) / below;
    if (tail + probability > miss / 2) break;
    tail += probability;
    k = below + 1;
  }
  return { value: quantile(sorted, 0.5), low: sorted[k - 1] ?? Number.NaN, high: sorted[n - k] ?? Number.NaN };
}
