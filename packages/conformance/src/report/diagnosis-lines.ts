import type { Diagnosis } from '../diagnosis/diagnosis.ts';

/** A diagnosis as lines of plain text: the cause and what to do, or what is known without one. */
export function diagnosisLines(diagnosis: Diagnosis | undefined): string[] {
  if (diagnosis === undefined) return [];
  const { cause, alternatives, pattern } = diagnosis;
  return [
    ...(cause === undefined ? [] : [`Most likely: ${cause.cause}`, `Fix: ${cause.fix}`]),
    ...alternatives.map((other) => `Or: ${other.cause}`),
    ...(pattern === undefined ? [] : [pattern]),
  ];
}
