import type { NoiseRecord } from '../records.ts';
import type { Rounds } from './measure.ts';
import { ascending, median, outliers, quantile } from './statistics.ts';

/*
 * Whether the machine had other things to do. Ratios bear it, times do not; a warning says so.
 */

/** Above that, times say as much about the machine's other work as about the candidates. On a quiet machine all stay below a third of it. */
const NOISY = 0.1;

/** Iterations of the loop: one to three milliseconds on a processor of today. */
const ITERATIONS = 2_000_000;

/** Arithmetic in registers that takes as long every time it is left alone (xorshift, Marsaglia 2003). Its result is of no use but to be used. */
export function spin(seed: number): number {
  let x = seed | 1;
  for (let i = 0; i < ITERATIONS; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}

/** What the turns of one network at one batch size, and the loop between them, say of the machine. Undefined where there was no round. */
export function noiseOf(
  candidates: readonly Rounds[],
  spinMs: readonly number[],
  { variant, batch }: Pick<NoiseRecord, 'variant' | 'batch'>,
): NoiseRecord | undefined {
  const timed = candidates.filter((rounds) => rounds.length > 0);
  if (timed.length === 0 || spinMs.length === 0) return undefined;
  const runs = timed.map((rounds) => rounds.flat());
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const sorted = ascending(spinMs);
  return {
    variant,
    batch,
    spinMs: quantile(sorted, 0.5),
    spinSpread: shareOf(quantile(sorted, 0.9) - quantile(sorted, 0.1), quantile(sorted, 0.5)),
    drift: median(timed.map(driftOf)),
    outlierShare: shareOf(sum(runs.map(outliers)), sum(runs.map(({ length }) => length))),
  };
}

/** One sentence where any of it is too much. */
export function noiseWarnings({ variant, batch, spinSpread, drift, outlierShare }: NoiseRecord): string[] {
  const found = [
    ...(spinSpread > NOISY ? [`a fixed loop took times that spread over ${percent(spinSpread)}`] : []),
    ...(Math.abs(Math.log(drift)) > Math.log(1 + NOISY)
      ? [`the last rounds took ${drift.toFixed(2)} times as long as the first`]
      : []),
    ...(outlierShare > NOISY ? [`${percent(outlierShare)} of the runs lie far from their median`] : []),
  ];
  if (found.length === 0) return [];
  return [
    `The machine was busy while ${variant} was timed at batch ${batch}: ${found.join(', ')}. Ratios bear that, times less so; close other programs and run it again.`,
  ];
}

/** How much longer the last third of the turns took than the first. */
function driftOf(rounds: Rounds): number {
  const turns = rounds.map(median);
  const third = Math.max(1, Math.floor(turns.length / 3));
  const first = median(turns.slice(0, third));
  return first === 0 ? 1 : median(turns.slice(-third)) / first;
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
