import type { BackendReport } from '@alexnet/conformance';
import * as v from 'valibot';
import type { BenchmarkReport, Shipped } from '../records.ts';
import { benchmarkReport, shipped } from './benchmark-schema.ts';
import { backendReport } from './conformance-schema.ts';
import { list, text } from './fields.ts';
import { jsonOf } from './json.ts';
import { validated } from './validated.ts';

/** All that is known of one place (a browser on a machine, or Node): is each backend right there, and how fast is it? */
export interface Survey {
  readonly schema: 'alexnet-survey/1';
  /** When it was made, ISO 8601 in UTC: `2026-11-30T12:00:00.000Z`. */
  readonly date: string;
  /** Facts about the place, for people: `browser` `Chromium 147.0.7727.0`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly conformance: readonly BackendReport[];
  readonly benchmark: BenchmarkReport;
  /** What the backends sent here, as far as it is known; `benchmark.shipped` is what their packages hold. */
  readonly shipped?: readonly Shipped[];
}

export const surveySchema: v.GenericSchema<unknown, Survey> = v.looseObject({
  schema: v.literal('alexnet-survey/1'),
  date: v.pipe(v.string(), v.isoTimestamp()),
  environment: v.record(v.pipe(v.string(), v.maxLength(200)), text),
  conformance: list(backendReport, 1000),
  benchmark: benchmarkReport,
  shipped: v.exactOptional(list(shipped, 1000)),
});

/**
 * Reads a survey that somebody saved or shared. Fields that are not known are kept: they are from a later version.
 * Errors: `invalid-file` for what is no survey, is cut off or is of another version: says what, where, and what to do.
 */
export function parseSurvey(content: string): Survey {
  return validated(surveySchema, jsonOf(content, 'survey'), { schema: 'alexnet-survey/1', where: 'survey' });
}
