import { AlexNetError } from '../error.ts';

/** One of the k largest values, with its index. */
export interface Ranked {
  readonly index: number;
  readonly value: number;
}

/**
 * The k largest values, largest first; equal values by index, NaN last. Fewer than k where there are fewer.
 * Errors: `invalid-input` for a k that is not a whole number of 0 or more.
 */
export function topK(values: ArrayLike<number>, k: number): Ranked[] {
  if (!Number.isInteger(k) || k < 0) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `k must be a whole number of 0 or more, got ${k}`,
      where: 'topK',
    });
  }
  const ranked = Array.from(values, (value, index): Ranked => ({ index, value }));
  ranked.sort(
    (a, b) =>
      Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value)) || compare(b.value, a.value) || a.index - b.index,
  );
  return ranked.slice(0, k);
}

/** Not a - b: the difference of two infinities is NaN. */
function compare(a: number, b: number): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}
