import { boundariesOf, fitCodebook, placeIn } from './codebook.ts';
import { magnitudeThreshold } from './prune.ts';

/** How a parameter is made small. */
export interface DcRecipe {
  /** Share of values that are kept, the largest ones: 0 to 1. */
  readonly density: number;
  /** At most 2^bits different values are kept, 0 to 8 bits. */
  readonly bits: number;
}

/** What becomes of each value of one parameter. */
export interface Sharing {
  /** Magnitudes below become 0. */
  readonly threshold: number;
  /** The values that the others become, rising. */
  readonly book: Float32Array;
  /** Share of the values that are kept. */
  readonly density: number;
}

/** Finds the threshold and the shared values of a parameter. `data` must be finite; it takes memory for the kept values. */
export function fitSharing(data: Float32Array, { density, bits }: DcRecipe): Sharing {
  const threshold = magnitudeThreshold(data, density);
  const kept = keptOf(data, threshold);
  const book = fitCodebook(kept, bits);
  return { threshold, book, density: book.length === 0 ? 0 : kept.length / data.length };
}

/** The values, or some rows of them, pruned and shared: what `encodeDc` keeps without loss. */
export function shareWeights(data: Float32Array, { threshold, book }: Sharing): Float32Array {
  const shared = new Float32Array(data.length);
  if (book.length === 0) return shared;
  const boundaries = boundariesOf(book);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value !== 0 && Math.abs(value) >= threshold) shared[i] = book[placeIn(boundaries, value)]!;
  }
  return shared;
}

/** Zeros are never kept: they cost nothing. */
function keptOf(data: Float32Array, threshold: number): Float32Array {
  const isKept = (value: number) => value !== 0 && Math.abs(value) >= threshold;
  let count = 0;
  for (let i = 0; i < data.length; i++) if (isKept(data[i]!)) count++;
  const kept = new Float32Array(count);
  let at = 0;
  for (let i = 0; i < data.length; i++) if (isKept(data[i]!)) kept[at++] = data[i]!;
  return kept;
}
