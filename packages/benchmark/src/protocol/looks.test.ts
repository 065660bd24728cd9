import { philoxStream } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { decidedAt, LAST_MISS, MAX_ROUNDS, MIN_ROUNDS, pairedInterval } from './looks.ts';
import { verdictOf } from './statistics.ts';

/** Times around 10 ms: of a machine that drifts from round to round, with a stall in one run of 20. `spread` is how much runs differ, relative to their median. */
function runsOf(seed: number, spread: number, factor = 1): { readonly a: number[]; readonly b: number[] } {
  const words = philoxStream([0, 0, 0, 0], [seed, 9], 5 * MAX_ROUNDS);
  const uniform = (i: number) => words[i]! / 2 ** 32;
  const time = (round: number, of: number) =>
    10 *
    (1 + 0.08 * uniform(5 * round)) *
    (1 + spread * (2 * uniform(5 * round + of) - 1)) *
    (uniform(5 * round + of + 2) > 0.95 ? 2 : 1);
  const rounds = [...Array(MAX_ROUNDS).keys()];
  return { a: rounds.map((round) => time(round, 1)), b: rounds.map((round) => factor * time(round, 2)) };
}

/** Goes through rounds as a benchmark does: until all is decided, or to the last. */
function benchmark({ a, b }: ReturnType<typeof runsOf>) {
  const so = (round: number) => [a.slice(0, round), b.slice(0, round)] as const;
  for (let round = MIN_ROUNDS; ; round++) {
    const decided = decidedAt(
      so(round).map((times) => times.map((ms) => [ms])),
      round,
    );
    if (decided === undefined && round < MAX_ROUNDS) continue;
    return { round, verdict: verdictOf(pairedInterval(...so(round), decided ?? LAST_MISS)) };
  }
}

const SEEDS = 2000;
const many = (spread: number, factor?: number) =>
  Array.from({ length: SEEDS }, (_, seed) => benchmark(runsOf(seed, spread, factor)));
const meanRounds = (runs: ReturnType<typeof many>) => runs.reduce((sum, { round }) => sum + round, 0) / SEEDS;

describe('rounds that end when all is decided', () => {
  it.each([
    { why: 'calm', spread: 0.01 },
    { why: 'in between', spread: 0.05 },
    { why: 'noisy', spread: 0.3 },
  ])('claim a difference between equal candidates at most 5 times in 100, on a machine that is $why', ({ spread }) => {
    const wrong = many(spread).filter(({ verdict }) => verdict !== 'no difference shown').length;
    expect(wrong / SEEDS).toBeLessThanOrEqual(0.05);
    expect(wrong / SEEDS).toBeGreaterThan(0.001); // not by being blind
  });

  it('would claim one more often if every look could', () => {
    const peeking = Array.from({ length: SEEDS }, (_, seed) => {
      const { a, b } = runsOf(seed, 0.3);
      for (let round = MIN_ROUNDS; round <= MAX_ROUNDS; round++)
        if (verdictOf(pairedInterval(a.slice(0, round), b.slice(0, round), 0.05)) !== 'no difference shown') return 1;
      return 0;
    });
    expect(peeking.filter((claimed) => claimed === 1).length / SEEDS).toBeGreaterThan(0.12);
  });

  it('are few where the difference is large, and more where it is small', () => {
    const [large, small] = [many(0.05, 1.5), many(0.05, 1.02)];
    expect(meanRounds(large)).toBeLessThan(15);
    expect(meanRounds(small)).toBeGreaterThan(18);
    expect(large.every(({ verdict }) => verdict === 'slower' || verdict === 'faster')).toBe(true);
    expect(small.filter(({ verdict }) => verdict === 'faster').length / SEEDS).toBeGreaterThan(0.4);
    expect(small.filter(({ verdict }) => verdict === 'slower').length / SEEDS).toBeLessThan(0.005);
  });

  it('end for equal candidates once they are known to be equal within 2 %', () => {
    expect(meanRounds(many(0.01))).toBeLessThan(12);
    expect(meanRounds(many(0.3))).toBeGreaterThan(40);
  });

  it('go on while any one of several pairs is undecided', () => {
    const flat = (ms: number) => Array.from({ length: MIN_ROUNDS }, () => [ms]);
    const swings = Array.from({ length: MIN_ROUNDS }, (_, round) => [round % 2 === 0 ? 9.6 : 10.4]);
    expect(decidedAt([flat(10), flat(20)], MIN_ROUNDS)).toBe(0.004);
    expect(decidedAt([flat(10), flat(20), swings], MIN_ROUNDS)).toBeUndefined();
    expect(decidedAt([flat(10), flat(20)], MIN_ROUNDS + 1)).toBeUndefined(); // no look
    expect(decidedAt([flat(10), flat(20), swings.slice(0, 2)], MIN_ROUNDS)).toBe(0.004); // it had its time
  });
});
