import { AlexNetError, philoxStream } from '@alexnet/core';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutate, type Random } from './mutate.ts';

export interface FuzzOptions {
  /** Any 32-bit number: with the case's number it determines the input, whatever ran before. */
  readonly seed: number;
  /** How many inputs. */
  readonly cases: number;
  /** The number of the first. Default: 0. */
  readonly first?: number;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzReport {
  /** Inputs that were read, and those that were refused. */
  readonly accepted: number;
  readonly refused: number;
  /** The longest that one took. */
  readonly slowestMs: number;
}

/** An input may not take longer: a hang, not a machine with other work. */
const MAX_MS = 10_000;
/** Nor may memory grow by more than this, with inputs of a few kB. */
const MAX_GROWTH = 2 ** 30;

/**
 * Reads mutated files: each must be read or refused with an AlexNetError, soon, and without much memory.
 * Throws an error that names seed and case for the first that is not; `fuzzInput` gives its bytes again.
 */
export async function fuzz(
  target: FuzzTarget,
  { seed, cases, first = 0, onProgress }: FuzzOptions,
): Promise<FuzzReport> {
  const corpus = await target.corpus();
  for (const file of corpus) await target.read(file); // the corpus itself must be valid, or nothing is tested
  const before = process.memoryUsage.rss();
  let accepted = 0;
  let slowestMs = 0;
  for (let number = first; number < first + cases; number++) {
    const bytes = mutate(corpus, randomOf(target.name, seed, number));
    const failed = (how: string, cause?: unknown) =>
      new Error(`${target.name}, seed ${seed}, case ${number}, ${bytes.length} bytes: ${how}`, { cause });
    const start = performance.now();
    try {
      await target.read(bytes);
      accepted++;
    } catch (error) {
      if (!(error instanceof AlexNetError)) throw failed(`failed with ${String(error)}`, error);
    }
    const took = performance.now() - start;
    slowestMs = Math.max(slowestMs, took);
    if (took > MAX_MS) throw failed(`took ${Math.round(took)} ms`);
    if (process.memoryUsage.rss() - before > MAX_GROWTH) throw failed('took more than 1 GB of memory');
    onProgress?.(number - first + 1);
  }
  return { accepted, refused: cases - accepted, slowestMs };
}

/** The input of one case, to look at a failure. */
export async function fuzzInput(target: FuzzTarget, seed: number, number: number): Promise<Uint8Array> {
  return mutate(await target.corpus(), randomOf(target.name, seed, number));
}

const WORDS = 256;

/** Philox with the seed and the target's name as key and the case in the counter. */
function randomOf(name: string, seed: number, number: number): Random {
  const salt = new TextEncoder().encode(name).reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 0);
  let block = 0;
  let words = new Uint32Array(0);
  let at = 0;
  return (bound) => {
    if (at === words.length) {
      words = philoxStream([(block++ * WORDS) / 4, 0, number, 0], [seed, salt], WORDS);
      at = 0;
    }
    return bound === 0 ? 0 : words[at++]! % bound;
  };
}
