import { type Backend, buildGraph, evaluate, referenceProvider, seededWeights } from '@alexnet/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BenchmarkOptions, runBenchmark } from './protocol.ts';
import { canSeparate, ratioRange } from './statistics.ts';
import type { Candidate, Workload } from './workload.ts';

const graph = buildGraph('tiny', { name: 'input', shape: [3, 4, 5] })
  .flatten('flatten')
  .linear('fc8', 6)
  .softmax('prob')
  .build();
const weights = seededWeights(graph, 1);
const samples = [1, 2, 3].map((n) => ({
  shape: [1, 3, 4, 5],
  data: Float32Array.from({ length: 60 }, (_, i) => ((i * 7 * n) % 11) / 11),
}));
const expected = samples.map((input) => {
  const { shape, data } = evaluate(graph, weights, { input }).get('prob')!;
  return { shape, data: Float32Array.from(data) };
});
const workload: Workload = { variant: 'tiny', graph, weights, samples, expected };

/** Time that only runs move. */
const clock = { ms: 0 };
beforeEach(() => {
  clock.ms = 0;
  vi.useFakeTimers({ toFake: ['setTimeout'] }).setTimerTickMode('nextTimerAsync'); // pauses pass at once
});
afterEach(() => {
  vi.useRealTimers();
});

/** The reference backend, taking `seconds` for each image. */
function slow(id: string, seconds: number, runs: number[] = []): Candidate {
  return {
    id,
    kind: 'peer',
    async create() {
      const backend = await referenceProvider().create();
      return {
        ...backend,
        async compile(...args: Parameters<Backend['compile']>) {
          const program = await backend.compile(...args);
          return {
            ...program,
            run(inputs) {
              const batch = inputs['input']!.shape[0]!;
              runs.push(batch);
              clock.ms += 1000 * seconds * batch;
              return program.run(inputs);
            },
          };
        },
      };
    },
  };
}

const bench = (candidates: Candidate[], options: Partial<BenchmarkOptions> = {}) =>
  runBenchmark({
    candidates,
    workloads: [workload],
    batches: [1],
    secondsPerBatch: 0,
    secondsPerCandidate: 60,
    seed: 3,
    now: () => (clock.ms += 1e-6),
    ...options,
  });

describe('a candidate that is slow', () => {
  it('has as many turns as its time allows, and others are not held up', async () => {
    const { measurements, warnings, refusals } = await bench([slow('fast', 0.001), slow('slow', 11)]);
    const warm = measurements.filter(({ phase }) => phase === 'warm');
    expect(warm.map(({ candidate, samples: count }) => [candidate, count])).toEqual([
      ['fast', 36],
      ['slow', 3], // after two runs of warming up
    ]);
    expect(warnings).toEqual(['slow took 3 turns on tiny at batch 1 in its time of 60 s: its interval is rough.']);
    expect(refusals).toEqual([]);
  });

  it('is checked on one sample, warms up once and has two turns, however slow it is', async () => {
    const runs: number[] = [];
    const { warnings } = await bench([slow('slowest', 50, runs)], { secondsPerCandidate: 20 });
    expect(runs).toEqual([1, 1, 1, 1]); // the check, one to warm up, two turns
    expect(warnings.join('\n')).toMatch(/checked on 1 of 3 samples of tiny/);
  });

  it('is not timed at a batch size at which one run would take longer than its time', async () => {
    const runs: number[] = [];
    const { measurements, warnings } = await bench([slow('slow', 11, runs)], { batches: [1, 4, 8] });
    expect(measurements.filter(({ phase }) => phase === 'warm').map(({ batch }) => batch)).toEqual([1, 4]);
    expect(runs.filter((batch) => batch === 4)).toHaveLength(3);
    expect(warnings).toContain(
      'slow was not timed at batch 8: one run would take about 88 s, more than its time of 60 s.',
    );
  });

  it('is called slower when all its turns are, and there are enough of them to tell', async () => {
    const { comparisons } = await bench([slow('fast', 0.001), slow('slow', 11)]);
    expect(comparisons).toMatchObject([{ a: 'fast', b: 'slow', verdict: 'faster' }]);
    expect(comparisons[0]!.ratio).toBeCloseTo(11_000, -2);
  });

  it('is not compared with another that is slow on two turns each', async () => {
    const { comparisons } = await bench([slow('slow', 25), slow('slower', 29)]);
    expect(comparisons).toMatchObject([{ a: 'slow', b: 'slower', verdict: 'no difference shown' }]);
  });
});

describe('few turns', () => {
  it('give the range of ratios of any two', () => {
    expect(ratioRange([1, 2], [6, 4, 5])).toEqual({ value: 5 / 1.5, low: 2, high: 6 });
  });

  it.each([
    { m: 1, n: 30, tells: false, why: '2 of 31' },
    { m: 1, n: 39, tells: true, why: '2 of 40' },
    { m: 2, n: 9, tells: true, why: '2 of 55' },
    { m: 3, n: 3, tells: false, why: '2 of 20' },
    { m: 4, n: 4, tells: true, why: '2 of 70' },
  ])('$m against $n tell a difference: $tells, as chance does it in $why cases', ({ m, n, tells }) => {
    expect(canSeparate(m, n)).toBe(tells);
    expect(canSeparate(n, m)).toBe(tells);
  });
});
