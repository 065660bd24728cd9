import type { BackendReport } from '@alexnet/conformance';
import type { BenchmarkReport, Comparison, Measurement } from '../records.ts';

/*
 * Records as a run makes them, for tests: each with what a test changes.
 */

/** A warm measurement of one of ours. */
export function measured(change: Partial<Measurement>): Measurement {
  const p50Ms = change.p50Ms ?? 10;
  return {
    candidate: 'a',
    precision: 'f32',
    kind: 'ours',
    engine: 'engine 1.0',
    device: 'CPU',
    threads: 2,
    variant: 'torchvision',
    batch: 1,
    phase: 'warm',
    samples: 36,
    p50Ms,
    p90Ms: p50Ms * 1.1,
    p99Ms: p50Ms * 1.3,
    ciLowMs: p50Ms * 0.99,
    ciHighMs: p50Ms * 1.01,
    outliers: 0,
    imagesPerSecond: (1000 * (change.batch ?? 1)) / p50Ms,
    ...change,
  };
}

/** `a` beside `b`, in f32: the ratio with its interval. */
export function compared(a: string, b: string, [ratio, ciLow, ciHigh]: readonly [number, number, number]): Comparison {
  const verdict = ciLow > 1 ? 'faster' : ciHigh < 1 ? 'slower' : 'no difference shown';
  const pair = { a, aPrecision: 'f32', b, bPrecision: 'f32' } as const;
  return { variant: 'torchvision', batch: 1, ...pair, ratio, ciLow, ciHigh, verdict };
}

export function benchmarkOf(change: Partial<BenchmarkReport> = {}): BenchmarkReport {
  return {
    schema: 'alexnet-benchmark/1',
    seed: 0,
    measurements: [],
    memory: [],
    comparisons: [],
    refusals: [],
    warnings: [],
    ...change,
  };
}

/** What the suite says of a backend: how many checks passed and failed. */
export function conformed(id: string, passed: number, failed = 0): BackendReport {
  const environment = { engine: 'engine 1.0', device: 'CPU', threads: 2, fallback: false, notes: [] };
  return {
    backend: { id, environment },
    checks: [
      {
        id: 'op/relu/small',
        suite: 'op',
        name: 'relu is exact',
        why: 'It moves data',
        status: failed === 0 ? 'passed' : 'failed',
        op: 'relu',
        maxRatio: failed === 0 ? 0 : 'Infinity',
        ms: 1,
      },
    ],
    endToEnd: [],
    summary: { passed, failed, skipped: [] },
    ms: 10,
  };
}
