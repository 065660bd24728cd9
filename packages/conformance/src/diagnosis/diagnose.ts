import { sameShape } from '@alexnet/core';
import { compare, shareOfBudget, type Verdict } from '../numerics/compare.ts';
import type { Cause, Diagnosis } from './diagnosis.ts';
import { errorMap } from './error-map.ts';
import { likeHalfSums } from './half-sums.ts';
import type { Subject } from './mistake.ts';
import { mistakesOf } from './mistakes/index.ts';
import { patternOf } from './pattern.ts';
import { endsNotComputed } from './regions.ts';
import { tryMistakes } from './try-mistakes.ts';

const MOST_ALTERNATIVES = 3;

/** What is known before there is a result. */
export type Expectation = Omit<Subject, 'got'>;

/** Judges a result; of a wrong one it says where it is wrong and why. A few seconds at most. Errors: `aborted`. */
export async function judge(
  got: Subject['got'] | undefined,
  expectation: () => Expectation,
  { want, allowed }: Pick<Subject, 'want' | 'allowed'>,
  signal?: AbortSignal,
): Promise<Verdict> {
  const verdict = compare(got, want, allowed);
  if (verdict.passed || got == null || !readable(got)) return verdict;
  try {
    return { ...verdict, diagnosis: await diagnose({ ...expectation(), got }, signal) };
  } catch (error) {
    if (signal?.aborted) throw error;
    return { ...verdict, diagnosis: { alternatives: [], pattern: `It could not be told why: ${String(error)}` } };
  }
}

/** The most likely cause of a wrong result, and a map of it. Errors: `aborted`. */
export async function diagnose(subject: Subject, signal?: AbortSignal): Promise<Diagnosis> {
  const { got, want, allowed, node } = subject;
  const fits = sameShape(got.shape, want.shape);
  const ratioAt = (i: number) => shareOfBudget(got.data[i]!, want.data[i]!, allowed, i);
  const isWrong = (i: number) => ratioAt(i) > 1;
  const map = fits ? errorMap(ratioAt, want.shape) : undefined;

  const causes: Cause[] = await tryMistakes(subject, mistakesOf(node.op), signal);
  if (fits && causes.length === 0) causes.push(...endsNotComputed(subject, isWrong));
  if (fits && causes.length === 0) causes.push(...likeHalfSums(subject, isWrong));
  const [cause, ...alternatives] = causes;
  return {
    ...(cause === undefined ? {} : { cause }),
    alternatives: alternatives.slice(0, MOST_ALTERNATIVES),
    ...(cause === undefined && map !== undefined ? { pattern: patternOf(subject, map, isWrong) } : {}),
    ...(map === undefined ? {} : { errors: map }),
  };
}

/** As many float32 values as its shape says: otherwise the reason of the failure says all. */
function readable({ shape, data }: Subject['got']): boolean {
  return Array.isArray(shape) && data instanceof Float32Array && data.length === shape.reduce((a, b) => a * b, 1);
}
