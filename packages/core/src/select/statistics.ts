/** A median with its 95 % interval. */
export interface Median {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The median of independent samples with a distribution-free 95 % interval: the k-th smallest and the k-th largest, where the number of samples below
 * the median is binomial(n, 1/2) (David & Nagaraja, Order Statistics, section 7.1). Below 6 samples the interval is the range.
 */
export function medianOf(samples: readonly number[]): Median {
  const sorted = samples.toSorted((a, b) => a - b);
  const n = sorted.length;
  const at = (i: number) => sorted[i] ?? Number.NaN;
  let k = 1;
  let probability = 0.5 ** n; // that fewer than k samples lie below the median
  let tail = probability;
  for (let below = 1; below < n / 2; below++) {
    probability *= (n - below + 1) / below;
    tail += probability;
    if (tail > 0.025) break;
    k = below + 1;
  }
  return { value: (at(Math.floor((n - 1) / 2)) + at(Math.ceil((n - 1) / 2))) / 2, low: at(k - 1), high: at(n - k) };
}
