import { type Float64Tensor, type Shape, sameShape, showShape, type Tensor } from '@alexnet/core';
import { type Check, jsonNumber, numberOf, type Worst } from '../report/report.ts';
import type { Allowed } from './tolerance.ts';

/** What a check found, before it is put into a report. */
export type Verdict = { readonly passed: boolean } & Pick<
  Check,
  'elements' | 'worst' | 'maxRatio' | 'reason' | 'diagnosis'
>;

/**
 * Judges a tensor element by element. NaN must be NaN, and an infinity (also of a value beyond float32) the same infinity.
 * A tensor that is missing, has another shape or other data than float32 fails, with the reason.
 */
export function compare(got: Tensor | undefined, want: Float64Tensor, allowed: Allowed): Verdict {
  const reason = malformed(got, want.shape);
  if (got === undefined || reason !== undefined) return { passed: false, ...(reason === undefined ? {} : { reason }) };
  let worstAt = 0;
  let worstRatio = -1;
  let failures = 0;
  for (let i = 0; i < want.data.length; i++) {
    const ratio = shareOfBudget(got.data[i]!, want.data[i]!, allowed, i);
    if (ratio > 1) failures++;
    if (ratio > worstRatio) {
      worstRatio = ratio;
      worstAt = i;
    }
  }
  const elements = want.data.length;
  const worst = describe(got, want, allowed, worstAt, worstRatio);
  const verdict = { passed: failures === 0, elements, worst, maxRatio: worst.ratio };
  return failures === 0 ? verdict : { ...verdict, reason: explain(worst, failures, elements) };
}

function malformed(got: Tensor | undefined, shape: Shape): string | undefined {
  if (got == null) return 'The output is missing';
  if (!Array.isArray(got.shape)) return 'The output has no shape';
  if (!sameShape(got.shape, shape)) return `The output has shape ${showShape(got.shape)}, not ${showShape(shape)}`;
  if (!(got.data instanceof Float32Array)) return 'The output data is no Float32Array';
  const size = shape.reduce((a, b) => a * b, 1);
  return got.data.length === size ? undefined : `The output holds ${got.data.length} values, not ${size}`;
}

/** Error over budget; above 1 fails. */
export function shareOfBudget(got: number, want: number, allowed: Allowed, i: number): number {
  const rounded = Math.fround(want);
  if (allowed === 'bitwise') return Object.is(got, rounded) ? 0 : Number.POSITIVE_INFINITY;
  if (allowed !== 'equal' && Number.isFinite(got) && Number.isFinite(rounded))
    return Math.abs(got - want) / allowed[i]!;
  return got === rounded || (Number.isNaN(got) && Number.isNaN(rounded)) ? 0 : Number.POSITIVE_INFINITY;
}

function describe(got: Tensor, want: Float64Tensor, allowed: Allowed, at: number, ratio: number): Worst {
  const [g, w] = [got.data[at]!, want.data[at]!];
  return {
    index: unravel(at, want.shape),
    got: jsonNumber(g),
    want: jsonNumber(w),
    error: jsonNumber(Object.is(g, w) ? 0 : Math.abs(g - w)),
    budget: typeof allowed === 'string' ? 0 : jsonNumber(allowed[at]!),
    ratio: jsonNumber(ratio),
  };
}

function explain({ index, got, want, error, budget }: Worst, failures: number, elements: number): string {
  if (!Number.isFinite(numberOf(error))) {
    return `${failures} of ${elements} elements are wrong; the worst, at [${index.join(', ')}], is ${got} and should be ${want}`;
  }
  const limit = budget === 0 ? 'where it must be exact' : `where ${budget} is allowed`;
  return `${failures} of ${elements} elements are wrong; the worst, at [${index.join(', ')}], is ${got} and should be ${want}: off by ${error} ${limit}`;
}

/** The index of element `at` of a flat tensor. */
export function unravel(at: number, shape: Shape): number[] {
  const index: number[] = [];
  for (const extent of shape.toReversed()) {
    index.unshift(at % extent);
    at = Math.floor(at / extent);
  }
  return index;
}
