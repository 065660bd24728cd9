import { labelOf } from '../records.ts';
import { MIN_ROUNDS } from './looks.ts';
import type { Rounds } from './measure.ts';
import { type Runner, recordedAs } from './runner.ts';
import { median } from './statistics.ts';
import type { Workload } from './workload.ts';

/*
 * Candidates whose runs take seconds or minutes (software instead of a GPU) cannot have as many turns as the others. What they miss
 * is said in warnings.
 */

/** What was timed at one batch size. */
export interface Timed {
  readonly batch: number;
  readonly times: ReadonlyMap<Runner, Rounds>;
}

/** The runners of which one run at this batch size will fit into their time, going by what they took at the largest batch before. */
export function fitting(
  runners: readonly Runner[],
  before: readonly Timed[],
  batch: number,
  limitMs: number,
): { readonly able: Runner[]; readonly warnings: string[] } {
  const able: Runner[] = [];
  const warnings: string[] = [];
  for (const runner of runners) {
    const known = before.findLast(({ times }) => times.has(runner));
    const expectedMs = known === undefined ? 0 : (median(known.times.get(runner)!.flat()) * batch) / known.batch;
    if (expectedMs <= limitMs) able.push(runner);
    else
      warnings.push(
        `${named(runner)} was not timed at batch ${batch}: one run would take about ${seconds(expectedMs)}, more than its time of ${seconds(limitMs)}.`,
      );
  }
  return { able, warnings };
}

/** Whose turns were too few for a sound interval. */
export function fewTurns(
  times: ReadonlyMap<Runner, Rounds>,
  variant: string,
  batch: number,
  limitMs: number,
): string[] {
  return [...times]
    .filter(([, rounds]) => rounds.length < MIN_ROUNDS)
    .map(
      ([runner, rounds]) =>
        `${named(runner)} took ${rounds.length} turns on ${variant} at batch ${batch} in its time of ${seconds(limitMs)}: its interval is rough.`,
    );
}

/** Whose output was not checked on every sample. */
export function fewChecks(runner: Runner, { variant, samples }: Workload, checked: number): string[] {
  if (checked === samples.length) return [];
  return [`${named(runner)} is slow: its output was checked on ${checked} of ${samples.length} samples of ${variant}.`];
}

function named({ candidate }: Runner): string {
  return labelOf(recordedAs(candidate));
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`;
}
