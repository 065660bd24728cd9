import { philoxStream } from '../weights/philox.ts';
import type { Sample } from './augmentation.ts';

/** Keeps these random numbers apart from those of weights, orders and dropout: "augm". */
const AUGMENT = 0x6175676d;
/** 2^32, written out: a power of two must be exact in every engine. */
const TWO_32 = 0x100000000;

/** The random words of one step of one picture. */
export function wordsOf({ seed, epoch, index }: Sample, step: number, count: number): Uint32Array {
  return philoxStream([0, step, index, epoch], [seed, AUGMENT], count);
}

/** A word as a number in [0, 1). */
export function fraction(word: number): number {
  return word / TWO_32;
}

/** A word as a whole number in [0, count). */
export function below(word: number, count: number): number {
  return Math.floor(fraction(word) * count);
}

/** A word as a number around 0: uniform on [-bound, bound). */
export function around0(word: number, bound: number): number {
  return (2 * fraction(word) - 1) * bound;
}

/** How many words a normal number takes. */
export const WORDS_PER_NORMAL = 12;

/**
 * Twelve words as one number of mean 0 and variance 1: their sum less 6. Its distribution function is within 0.0025 of the
 * normal one's, and it is exact: the usual ways to normal numbers need a logarithm or cosine, whose last bits differ
 * between engines.
 */
export function normal(words: Uint32Array, at: number): number {
  let sum = 0;
  for (let i = at; i < at + WORDS_PER_NORMAL; i++) sum += words[i]!;
  return sum / TWO_32 - 6;
}
