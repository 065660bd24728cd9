import { sameShape, throwIfAborted } from '@alexnet/core';
import { shareOfBudget } from '../numerics/compare.ts';
import { ulp } from '../numerics/tolerance.ts';
import type { Cause } from './diagnosis.ts';
import type { Guess, Mistake, Subject } from './mistake.ts';
import { termsOf } from './products.ts';
import { type Sample, sampleOf } from './sample.ts';

/** How many products are computed for one mistake at most: some milliseconds. */
const TERMS_TO_TRY = 600_000;
const TERMS_TO_CONFIRM = 6 * TERMS_TO_TRY;
/** An element now and then may be off for its own reason; below this share a mistake explains nothing. */
const NEARLY_ALL = 0.98;
/** A mistake that is wrong on most of the first so many is not tried on the others. */
const FIRST = 16;
/** Let others run after so much time. */
const SLICE_MS = 40;

interface Tried {
  readonly mistake: Mistake;
  readonly share: number;
  /** What is left of the error, 0 to 1: the mean over the wrong elements. */
  readonly left: number;
}

/**
 * The mistakes that give what the backend gave, the best first. Each is computed on a sample of wrong and right elements, and those that
 * reproduce nearly all of them once more on a larger one. Errors: `aborted`.
 */
export async function tryMistakes(
  subject: Subject,
  mistakes: readonly Mistake[],
  signal?: AbortSignal,
): Promise<Cause[]> {
  const fits = sameShape(subject.got.shape, subject.want.shape);
  const isWrong = (i: number) =>
    !fits || shareOfBudget(subject.got.data[i]!, subject.want.data[i]!, subject.allowed, i) > 1;
  const sample = (terms: number, least: number) =>
    sampleOf(isWrong, subject.got.data.length, Math.max(least, Math.floor(terms / termsOf(subject))));

  const few = sample(TERMS_TO_TRY, 36);
  const many = sample(TERMS_TO_CONFIRM, 96);
  const turns = createTurns(signal);
  const likely: Tried[] = [];
  for (const mistake of mistakes) {
    await turns();
    const tried = tryOne(subject, mistake, few, fits);
    if (tried !== undefined && tried.share >= NEARLY_ALL) likely.push(tried);
  }
  const confirmed: Tried[] = [];
  for (const { mistake } of likely.toSorted(better).slice(0, 6)) {
    await turns();
    const tried = tryOne(subject, mistake, many, fits);
    if (tried !== undefined && tried.share >= NEARLY_ALL) confirmed.push(tried);
  }
  const named = new Map<string, Cause>();
  for (const { mistake, share } of confirmed.toSorted(better)) {
    const { id, cause, fix } = mistake;
    if (!named.has(id)) named.set(id, { id, cause, fix, explains: share });
  }
  return [...named.values()];
}

/** More elements reproduced, then clearly less left of the error; equals stay in the order of the catalogue. */
function better(a: Tried, b: Tried): number {
  if (Math.abs(a.share - b.share) > 0.002) return b.share - a.share;
  const [left, right] = [Math.max(a.left, 0.01), Math.max(b.left, 0.01)];
  return left > 3 * right ? 1 : right > 3 * left ? -1 : 0;
}

function tryOne(subject: Subject, mistake: Mistake, { wrong, right }: Sample, fits: boolean): Tried | undefined {
  const guess = mistake.evaluate(subject);
  if (guess === undefined || !sameShape(guess.shape ?? subject.want.shape, subject.got.shape)) return undefined;
  let reproduced = 0;
  let left = 0;
  for (const [tried, i] of wrong.entries()) {
    if (tried === FIRST && reproduced < FIRST / 2) return undefined;
    const value = guessed(guess, subject, i);
    if (reproduces(subject, value, i, fits)) reproduced++;
    left += remaining(subject, value, i, fits);
  }
  if (reproduced < NEARLY_ALL * wrong.length) return undefined;
  let kept = 0;
  for (const i of right) if (keeps(subject, guessed(guess, subject, i), i)) kept++;
  if (kept < NEARLY_ALL * right.length) return undefined;
  return { mistake, share: (reproduced + kept) / (wrong.length + right.length), left: left / wrong.length };
}

function guessed(guess: Guess, { relu }: Subject, i: number): number {
  const value = guess.at(i);
  return relu && !guess.final && value < 0 ? 0 : value;
}

/** The same value, up to the rounding of a kernel that makes the mistake correctly, and at most a quarter of the error left. */
function reproduces({ got, want, allowed }: Subject, value: number, i: number, fits: boolean): boolean {
  const g = got.data[i]!;
  if (Object.is(g, Math.fround(value))) return true;
  if (!Number.isFinite(g) || !Number.isFinite(value) || allowed === 'bitwise') return false;
  const off = Math.abs(g - value);
  if (typeof allowed === 'string' || !fits) return off <= 4 * ulp(value) || (!fits && off <= 1e-5 * Math.abs(value));
  if (!Number.isFinite(want.data[i]!)) return off <= 1e-5 * Math.abs(value); // no budget was worked out there
  const error = Math.abs(g - want.data[i]!);
  return off <= Math.max(2 * ulp(value), Math.min(4 * allowed[i]! + 16 * ulp(value), error / 4));
}

/** Where the backend is right, the mistake must make no difference either. */
function keeps({ got, allowed }: Subject, value: number, i: number): boolean {
  const g = got.data[i]!;
  if (Object.is(g, Math.fround(value))) return true;
  if (allowed === 'bitwise') return false;
  if (!Number.isFinite(g) || !Number.isFinite(value)) return g === value;
  const budget = typeof allowed === 'string' ? 0 : 4 * allowed[i]!;
  return Math.abs(g - value) <= budget + 16 * ulp(value);
}

function remaining({ got, want }: Subject, value: number, i: number, fits: boolean): number {
  const g = got.data[i]!;
  if (Object.is(g, Math.fround(value))) return 0;
  const error = fits ? Math.abs(g - want.data[i]!) : Math.abs(g);
  const share = Math.abs(g - value) / error;
  return Number.isFinite(share) ? Math.min(1, share) : 1;
}

/** Gives the event loop a turn now and then, and stops when the caller wants it. */
function createTurns(signal: AbortSignal | undefined): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    throwIfAborted(signal, 'diagnosis');
    since = performance.now();
  };
}
