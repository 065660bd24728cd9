import { type ErrorCode, sameShape, showShape, type Tensor, type TensorMap } from '@alexnet/core';
import type { Verdict } from '../numerics/compare.ts';

/** What is wrong, as a sentence, or undefined. */
export type Complaint = string | undefined;

export function verdict(...complaints: readonly Complaint[]): Verdict {
  const reason = complaints.find((complaint) => complaint !== undefined);
  return reason === undefined ? { passed: true } : { passed: false, reason };
}

const WRONG = 'is wrong';

/** Whether a complaint is that of `close` about a value. */
export function isAboutValues(reason: string | undefined): boolean {
  return reason?.includes(` ${WRONG}: element `) ?? false;
}

/** Whether a complaint is that of `fails`: no error was thrown, or another. */
export function isAboutErrors(reason: string | undefined): boolean {
  return reason !== undefined && (reason.includes(NOT_THROWN) || reason.includes(OTHER_CODE));
}

const NOT_THROWN = 'did not throw; it should throw code ';
const OTHER_CODE = '), not code ';

/**
 * The right numbers up to 1/10,000 of the largest: these checks are about *which* result it is, and wrong ones differ by the size of
 * the values. How exact results are is for the op and network suites.
 */
export function close(what: string, got: Tensor | undefined, want: Tensor | undefined): Complaint {
  if (got == null || want === undefined) return `${what} is missing`;
  if (!Array.isArray(got.shape)) return `${what} has no shape`;
  if (!sameShape(got.shape, want.shape))
    return `${what} has shape ${showShape(got.shape)}, not ${showShape(want.shape)}`;
  if (!(got.data instanceof Float32Array)) return `${what} is no Float32Array`;
  if (got.data.length !== want.data.length) return `${what} holds ${got.data.length} values, not ${want.data.length}`;
  const largest = want.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const at = got.data.findIndex((value, i) => !(Math.abs(value - want.data[i]!) <= 1e-4 * largest));
  return at < 0 ? undefined : `${what} ${WRONG}: element ${at} is ${got.data[at]} and should be ${want.data[at]}`;
}

/** The same bits. */
export function identical(what: string, got: Tensor | undefined, want: Tensor | undefined): Complaint {
  if (got == null || want === undefined) return `${what} is missing`;
  const at = want.data.findIndex((value, i) => !Object.is(value, got.data[i]));
  if (at < 0 && got.data.length === want.data.length) return undefined;
  return `${what} differs: element ${at} is ${got.data[at]} and was ${want.data[at]}`;
}

/** Exactly these outputs. */
export function names(got: TensorMap, want: readonly string[]): Complaint {
  const found = Object.keys(got).toSorted().join(' ');
  const expected = want.toSorted().join(' ');
  return found === expected ? undefined : `The outputs are ${found || 'none'} and should be ${expected}`;
}

/** Must fail with this code. The class is not asked for: a backend may bring its own copy of the core. */
export async function fails(code: ErrorCode, what: string, act: () => Promise<unknown>): Promise<Complaint> {
  try {
    await act();
  } catch (error) {
    const found = error instanceof Error && 'code' in error ? error.code : undefined;
    return found === code ? undefined : `${what} threw ${String(error)} (code ${String(found)}${OTHER_CODE}${code}`;
  }
  return `${what} ${NOT_THROWN}${code}`;
}
