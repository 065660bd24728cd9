import { philoxStream, referenceProvider } from '@alexnet/core';
import { expect, it } from 'vitest';
import { warmRecord } from './measure.ts';
import { medianInterval } from './statistics.ts';

const candidate = { id: 'c', kind: 'ours', create: () => referenceProvider().create() } as const;
const backend = await candidate.create();
const program = { run: () => Promise.resolve({}), memory: () => ({ hostBytes: 0, deviceBytes: 0 }) };
const runner = { candidate, backend, program: { ...program, [Symbol.asyncDispose]: () => Promise.resolve() } };

/** Turns of four runs: the machine is up to 10 % slower or faster in one turn than in another, and by 1 % from run to run. Median 10 ms. */
function turns(seed: number): number[][] {
  const words = philoxStream([0, 0, 0, 0], [seed, 2], 5 * 15);
  const around = (i: number, spread: number) => 1 + spread * ((2 * words[i]!) / 2 ** 32 - 1);
  return Array.from({ length: 15 }, (_round, t) =>
    Array.from({ length: 4 }, (_, i) => 10 * around(5 * t, 0.1) * around(5 * t + i + 1, 0.01)),
  );
}

it('gives an interval that holds the true median although the runs of one turn resemble each other', () => {
  const seeds = Array.from({ length: 400 }, (_, seed) => turns(seed));
  const holds = (low: number, high: number) => low <= 10 && 10 <= high;
  const overTurns = seeds.filter((rounds) => {
    const { ciLowMs, ciHighMs } = warmRecord(runner, 'v', 1, rounds);
    return holds(ciLowMs, ciHighMs);
  });
  const overRuns = seeds.map((rounds) => medianInterval(rounds.flat())).filter(({ low, high }) => holds(low, high));
  expect(overTurns.length / 400).toBeGreaterThan(0.94);
  expect(overRuns.length / 400).toBeLessThan(0.85); // why turns, not runs, are counted
});

it('counts every run, and takes high percentiles over all of them', () => {
  const rounds = [
    [10, 11],
    [12, 13],
    [14, 99],
  ];
  expect(warmRecord(runner, 'v', 8, rounds)).toMatchObject({
    samples: 6,
    p50Ms: 12.5,
    p99Ms: expect.closeTo(94.75, 9),
    outliers: 1,
    imagesPerSecond: 640,
  });
});
