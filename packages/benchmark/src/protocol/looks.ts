import type { Rounds } from './measure.ts';
import { type Interval, median, medianInterval, ratioInterval } from './statistics.ts';

/*
 * How many rounds there are. Who looks at the results after every round, and stops as soon as a difference shows, finds one between equal candidates far
 * more often than 5 times in 100. So there are few looks, at rounds that are fixed beforehand; what is claimed at an early one must be shown at a much
 * stricter level than at the end, and all levels together are 5 % (Haybittle 1971, Peto et al. 1976).
 */

/** The first look. Nine rounds bear one that something disturbed: the interval leaves out the smallest and the largest ratio. */
export const MIN_ROUNDS = 9;
export const MAX_ROUNDS = 60;

/** Rounds after which to look, and how often a difference may be seen there that is not. */
const looks: ReadonlyMap<number, number> = new Map([
  [MIN_ROUNDS, 0.004], // all nine ratios on one side of 1
  [15, 0.001],
  [25, 0.001],
  [40, 0.001],
]);

/** What is left of 5 % for claims at the end, when time is up or no round is left. */
export const LAST_MISS = 0.05 - [...looks.values()].reduce((sum, miss) => sum + miss, 0);

/** Half the width of a ratio's interval that holds 1 at which candidates count as equal: more rounds are not worth their time. */
const EQUAL = 0.02;
/** The same of a candidate's own median, relative to it. */
const PRECISE = 0.05;

/**
 * Whether rounds may end: this is a look, every pair is shown to differ or is as good as equal, and every median is known well,
 * but for those of candidates that take no turns any more. Then how often claims may be wrong that end here; else undefined.
 */
export function decidedAt(candidates: readonly Rounds[], round: number): number | undefined {
  const miss = looks.get(round);
  if (miss === undefined) return undefined;
  const turns = candidates.map((rounds) => rounds.map(median));
  const all = turns.every(
    (a, i) =>
      isPrecise(a, round) &&
      turns.slice(i + 1).every((b) => Math.min(a.length, b.length) < round || isPairDecided(a, b, miss)),
  );
  return all ? miss : undefined;
}

/** The interval over the rounds that both had a turn in: one that had its time sooner misses the last. */
export function pairedInterval(a: readonly number[], b: readonly number[], miss: number): Interval {
  const rounds = Math.min(a.length, b.length);
  return ratioInterval(a.slice(0, rounds), b.slice(0, rounds), miss);
}

function isPairDecided(a: readonly number[], b: readonly number[], miss: number): boolean {
  const strict = pairedInterval(a, b, miss);
  if (strict.low > 1 || strict.high < 1) return true;
  const { low, high } = pairedInterval(a, b, LAST_MISS);
  return low <= 1 && 1 <= high && Math.log(high / low) / 2 < EQUAL;
}

/** One that takes no turns any more gets no more precise. */
function isPrecise(turns: readonly number[], round: number): boolean {
  const { value, low, high } = medianInterval(turns);
  return turns.length < round || (high - low) / 2 <= PRECISE * value;
}
