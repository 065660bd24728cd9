import {
  type Capabilities,
  type CompileOptions,
  type Precision,
  type ProgramPrecision,
  precisions,
} from '@alexnet/core';
import type { Check } from '../report/report.ts';

/** Precisions other than f32, which every backend has. */
export type StoredPrecision = Exclude<Precision, 'f32'>;

export const storedPrecisions = precisions.filter((precision) => precision !== 'f32');

export function precisionNotDeclared(
  precision: ProgramPrecision,
  { precisions: declared }: Capabilities,
): string | undefined {
  return declared.includes(precision) ? undefined : `The backend does not declare the precision ${precision}`;
}

/** Ends the id of a check: nothing for f32. */
export function suffixOf(precision: Precision): string {
  return precision === 'f32' ? '' : `/${precision}`;
}

/** For the sentence that names a check: nothing for f32. */
export function storedAs(precision: Precision): string {
  return precision === 'f32' ? '' : ` with weights stored as ${precision}`;
}

/** A check's own field: left out for f32. */
export function precisionFact(precision: Precision): Pick<Check, 'precision'> {
  return precision === 'f32' ? {} : { precision };
}

/** f32 is not asked for: it is what a backend does without being told. */
export function compileOptions(precision: Precision, options: CompileOptions): CompileOptions {
  return precision === 'f32' ? options : { ...options, precision };
}
