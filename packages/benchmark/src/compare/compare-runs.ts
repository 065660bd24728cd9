import { AlexNetError } from '@alexnet/core';
import { versusOf } from '../advice/versus.ts';
import { type Interval, verdictOf } from '../protocol/statistics.ts';
import { type BenchmarkReport, labelOf, type Measurement, type Phase, type Subject, type Verdict } from '../records.ts';
import { quotientOf, widthForAll } from './quotient.ts';

export interface RunsToCompare {
  readonly before: BenchmarkReport;
  readonly after: BenchmarkReport;
  /** A candidate of both runs, in f32, beside which warm runs are put: what changed for both, such as the load of the machine, then cancels. */
  readonly relativeTo?: string;
  /** By what share something may be slower without being called a regression; default 0. */
  readonly tolerance?: number;
}

/** One phase of one candidate on one network, then and now. */
export interface Change extends Subject {
  readonly kind: Measurement['kind'];
  readonly variant: string;
  readonly batch: number;
  readonly phase: Phase;
  readonly beforeMs: number;
  readonly afterMs: number;
  /** The candidate beside which both were put; absent: times were compared as they are. */
  readonly relativeTo?: string;
  /** How many times as fast as before. */
  readonly ratio: number;
  /** The interval of the ratio, wide enough that all intervals of a comparison hold at once at 95 %; absent where something was timed once only. */
  readonly ciLow?: number;
  readonly ciHigh?: number;
  readonly verdict: Verdict;
  /** One of ours, slower by more than the tolerance. */
  readonly regressed: boolean;
}

/** What is new in a run beside an older one. */
export interface RunComparison {
  readonly changes: readonly Change[];
  /** Candidates that were timed before and are refused now, and why. */
  readonly lost: readonly (Subject & { readonly variant: string; readonly reason: string })[];
  /** What a reader must know: how sure this is, and what else differs between the runs. */
  readonly notes: readonly string[];
}

/**
 * Compares two runs, phase by phase. They were not interleaved, so less can be claimed than within one run.
 * Errors: `unknown-name` when `relativeTo` was not timed warm in both.
 */
export function compareRuns({ before, after, relativeTo, tolerance = 0 }: RunsToCompare): RunComparison {
  if (relativeTo !== undefined) checkYardstick(relativeTo, before, after);
  const pairs = after.measurements.flatMap((now) => {
    const was = before.measurements.find((m) => keyOf(m) === keyOf(now));
    return was === undefined ? [] : [{ was, now }];
  });
  const drawn = pairs.map((pair) => ({ ...pair, ...estimatesOf(pair, { before, after, relativeTo }) }));
  const wider = widthForAll(drawn.filter(({ now, earlier }) => now.kind === 'ours' && earlier !== undefined).length);
  return {
    changes: drawn.map(({ was, now, earlier, later, yardstick }) => {
      const interval = earlier === undefined || later === undefined ? undefined : quotientOf(later, earlier, wider);
      const { candidate, precision, kind, variant, batch, phase } = now;
      return {
        candidate,
        precision,
        kind,
        variant,
        batch,
        phase,
        beforeMs: was.p50Ms,
        afterMs: now.p50Ms,
        ...(yardstick === undefined ? {} : { relativeTo: yardstick }),
        ratio: interval?.value ?? was.p50Ms / now.p50Ms,
        ...(interval === undefined ? {} : { ciLow: interval.low, ciHigh: interval.high }),
        verdict: interval === undefined ? 'no difference shown' : verdictOf(interval),
        regressed: kind === 'ours' && interval !== undefined && interval.high * (1 + tolerance) < 1,
      };
    }),
    lost: lostIn(before, after),
    notes: notesOn(pairs, relativeTo),
  };
}

/**
 * What is compared, as speeds: ratios to the yardstick where both runs have them, else times themselves. Neither for what was timed once:
 * one value has no interval.
 */
function estimatesOf(
  { was, now }: { readonly was: Measurement; readonly now: Measurement },
  { before, after, relativeTo }: Pick<RunsToCompare, 'before' | 'after'> & { readonly relativeTo: string | undefined },
): { readonly earlier?: Interval; readonly later?: Interval; readonly yardstick?: string } {
  if (Math.min(was.samples, now.samples) === 1) return {};
  if (relativeTo !== undefined && now.phase === 'warm') {
    const beside = ({ comparisons }: BenchmarkReport) =>
      versusOf(comparisons, now)(now, { candidate: relativeTo, precision: 'f32' });
    const [earlier, later] = [beside(before), beside(after)];
    if (earlier !== undefined && later !== undefined)
      return { yardstick: relativeTo, earlier: intervalOf(earlier), later: intervalOf(later) };
  }
  return { earlier: speedOf(was), later: speedOf(now) };
}

function intervalOf({ ratio, ciLow, ciHigh }: { ratio: number; ciLow: number; ciHigh: number }): Interval {
  return { value: ratio, low: ciLow, high: ciHigh };
}

/** Runs per millisecond; of times that touch 0, an interval that does too. */
function speedOf({ p50Ms, ciLowMs, ciHighMs }: Measurement): Interval {
  return ciLowMs === 0 ? { value: 0, low: 0, high: 0 } : { value: 1 / p50Ms, low: 1 / ciHighMs, high: 1 / ciLowMs };
}

function keyOf({ candidate, precision, variant, batch, phase }: Measurement): string {
  return JSON.stringify([candidate, precision, variant, batch, phase]);
}

function lostIn(before: BenchmarkReport, after: BenchmarkReport): RunComparison['lost'] {
  return after.refusals.filter(
    ({ candidate, precision, variant }) =>
      before.measurements.some(
        (m) => m.candidate === candidate && m.precision === precision && m.variant === variant,
      ) &&
      !before.refusals.some((r) => r.candidate === candidate && r.precision === precision && r.variant === variant),
  );
}

function notesOn(
  pairs: readonly { readonly was: Measurement; readonly now: Measurement }[],
  relativeTo: string | undefined,
): string[] {
  if (pairs.length === 0)
    return ['The runs have nothing in common: no candidate was timed on the same network in both.'];
  const places = pairs.flatMap(({ was, now }) =>
    (['engine', 'device', 'threads'] as const)
      .filter((fact) => was[fact] !== now[fact])
      .map((fact) => `${labelOf(now)}: ${fact} ${was[fact]} before, ${now[fact]} now.`),
  );
  return [
    relativeTo === undefined
      ? 'The runs were not interleaved: whatever else changed between them, such as the load of the machine, is in these ratios. A peer that is in both, by --relative-to, cancels it.'
      : `Warm runs are put beside ${relativeTo} of the same run, with which they were interleaved; other phases are not.`,
    ...new Set(places),
  ];
}

function checkYardstick(id: string, before: BenchmarkReport, after: BenchmarkReport): void {
  const timed = ({ measurements }: BenchmarkReport) =>
    new Set(measurements.filter((m) => m.phase === 'warm' && m.precision === 'f32').map(({ candidate }) => candidate));
  const both = [...timed(before)].filter((candidate) => timed(after).has(candidate));
  if (both.includes(id)) return;
  throw new AlexNetError({
    code: 'unknown-name',
    message: `${id} was not timed in both runs`,
    where: 'option relativeTo',
    fix: both.length === 0 ? 'Nothing was: leave it out.' : `Choose from ${both.join(', ')}.`,
  });
}
