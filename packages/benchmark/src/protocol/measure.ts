import type { Comparison, Measurement, Phase } from '../records.ts';
import { MIN_ROUNDS, pairedInterval } from './looks.ts';
import type { RoundResults } from './rounds.ts';
import { type Runner, recordedAs } from './runner.ts';
import {
  ascending,
  canSeparate,
  median,
  medianInterval,
  outliers,
  quantile,
  ratioRange,
  verdictOf,
} from './statistics.ts';

/** Times of one candidate at one batch size: `[round][run]`. */
export type Rounds = readonly (readonly number[])[];

/** A phase that happens once, and once only. */
export function phaseRecord(runner: Runner, variant: string, phase: Exclude<Phase, 'warm'>, ms: number): Measurement {
  return record(runner, variant, 1, phase, [[ms]]);
}

export function warmRecord(runner: Runner, variant: string, batch: number, rounds: Rounds): Measurement {
  const warm = record(runner, variant, batch, 'warm', rounds);
  return warm.p50Ms === 0 ? warm : { ...warm, imagesPerSecond: (1000 * batch) / warm.p50Ms };
}

/**
 * The runs of one turn follow each other and resemble each other; turns are what is independent. So the median and its interval are taken
 * over the medians of turns: over all runs as if they were independent, the interval would be too narrow.
 */
function record(
  { candidate, backend }: Runner,
  variant: string,
  batch: number,
  phase: Phase,
  rounds: Rounds,
): Measurement {
  const times = ascending(rounds.flat());
  const { value, low, high } = medianInterval(rounds.map(median));
  const { engine, device, threads } = backend.environment;
  return {
    ...recordedAs(candidate),
    kind: candidate.kind,
    engine,
    device,
    threads,
    variant,
    batch,
    phase,
    samples: times.length,
    p50Ms: value,
    p90Ms: quantile(times, 0.9),
    p99Ms: quantile(times, 0.99),
    ciLowMs: low,
    ciHighMs: high,
    outliers: outliers(times),
  };
}

/** Every pair, each with the interval of its ratio over the rounds that both had a turn in; none where a clock too coarse for a run showed no time. */
export function compare(
  { times, miss }: Pick<RoundResults, 'times' | 'miss'>,
  variant: string,
  batch: number,
): Comparison[] {
  const candidates = [...times].map(([{ candidate }, rounds]) => ({
    ...recordedAs(candidate),
    turns: rounds.map(median),
  }));
  return candidates.flatMap((a, i) =>
    candidates.slice(i + 1).flatMap((b) => {
      const few = Math.min(a.turns.length, b.turns.length) < MIN_ROUNDS;
      const interval = few ? ratioRange(a.turns, b.turns) : pairedInterval(a.turns, b.turns, miss);
      const { value, low, high } = interval;
      if (!(value > 0 && Number.isFinite(high))) return [];
      const verdict = few && !canSeparate(a.turns.length, b.turns.length) ? 'no difference shown' : verdictOf(interval);
      return {
        variant,
        batch,
        a: a.candidate,
        aPrecision: a.precision,
        b: b.candidate,
        bPrecision: b.precision,
        ratio: value,
        ciLow: low,
        ciHigh: high,
        verdict,
      };
    }),
  );
}
