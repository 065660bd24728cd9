import {
  type Backend,
  buildGraph,
  evaluate,
  type Precision,
  type ProgramPrecision,
  referenceProvider,
  seededWeights,
  weightsAsStored,
} from '@alexnet/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { labelOf } from '../records.ts';
import { runBenchmark } from './protocol.ts';
import type { Candidate, Workload } from './workload.ts';

const graph = buildGraph('tiny', { name: 'input', shape: [3, 4, 5] })
  .flatten('flatten')
  .linear('fc8', 7)
  .softmax('prob')
  .build();
const weights = seededWeights(graph, 1);
const samples = [1, 2].map((n) => ({
  shape: [1, 3, 4, 5],
  data: Float32Array.from({ length: 60 }, (_, i) => ((i * 7 * n) % 11) / 3),
}));
const expectedIn = (precision: Precision) =>
  samples.map((input) => {
    const { shape, data } = evaluate(graph, weightsAsStored(graph, weights, precision), { input }).get('prob')!;
    return { shape, data: Float32Array.from(data) };
  });
const workload: Workload = {
  variant: 'tiny',
  graph,
  weights,
  samples,
  expected: expectedIn('f32'),
  expectedAs: { q8: expectedIn('q8'), q4: expectedIn('q4') },
};

/** The reference backend under another name; `change` makes it wrong. */
const candidate = (
  id: string,
  precision: ProgramPrecision,
  change: (backend: Backend) => Partial<Backend> = () => ({}),
) =>
  ({
    id,
    kind: 'ours',
    precision,
    async create() {
      const backend = await referenceProvider().create();
      return { ...backend, ...change(backend) };
    },
  }) satisfies Candidate;

let ms = 0;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout'] }).setTimerTickMode('nextTimerAsync');
});
afterEach(() => {
  vi.useRealTimers();
});
const bench = (candidates: Candidate[], change: Partial<Workload> = {}) =>
  runBenchmark({
    candidates,
    workloads: [{ ...workload, ...change }],
    batches: [1, 3],
    secondsPerBatch: 0,
    seed: 3,
    now: () => (ms += 0.01),
  });

describe('a benchmark of several precisions', () => {
  it('times one backend in each, and every record says in which', async () => {
    const report = await bench([candidate('a', 'f32'), candidate('a', 'q8'), candidate('a', 'q4')]);
    expect(report.refusals).toEqual([]);
    const warm = report.measurements.filter(({ phase }) => phase === 'warm');
    expect(warm.map((m) => `${labelOf(m)} ${m.batch}`)).toEqual(['a 1', 'a q8 1', 'a q4 1', 'a 3', 'a q8 3', 'a q4 3']);
    expect(report.memory.map(labelOf)).toEqual(['a', 'a q8', 'a q4']);
    const pairs = report.comparisons.map((c) => `${c.a} ${c.aPrecision} - ${c.b} ${c.bPrecision}`);
    expect(pairs.slice(0, 3)).toEqual(['a f32 - a q8', 'a f32 - a q4', 'a q8 - a q4']);
  });

  it.each(['f32', 'q8'] as const)('refuses a backend that computes with %s weights under q4', async (used) => {
    const other = (backend: Backend): Partial<Backend> => ({
      compile: (of, given, options) => backend.compile(of, given, { ...options, precision: used }),
    });
    const { refusals, measurements } = await bench([candidate('wrong', 'q4', other), candidate('right', 'q4')]);
    expect(refusals).toEqual([
      { candidate: 'wrong', precision: 'q4', variant: 'tiny', reason: expect.stringContaining('does not conform') },
    ]);
    expect(new Set(measurements.map((m) => m.candidate))).toEqual(new Set(['right']));
  });

  it('leaves a backend out of a precision that it does not declare, disposes it, and says so once', async () => {
    let alive = 0;
    const only = (backend: Backend): Partial<Backend> => {
      alive++;
      return {
        capabilities: { ...backend.capabilities, precisions: ['f32'] },
        async [Symbol.asyncDispose]() {
          alive--;
        },
      };
    };
    const candidates = [candidate('a', 'f32', only), candidate('a', 'q8', only)];
    const { refusals, warnings, measurements } = await runBenchmark({
      candidates,
      workloads: [workload, { ...workload, variant: 'again' }],
      batches: [1],
      secondsPerBatch: 0,
      seed: 3,
      now: () => (ms += 0.01),
    });
    expect(refusals).toEqual([]);
    expect(warnings).toEqual(['a does not declare the precision q8 and is not timed in it.']);
    expect(new Set(measurements.map(({ precision }) => precision))).toEqual(new Set(['f32']));
    expect(alive).toBe(0);
  });

  it('compiles int8 with the calibration of the workload', async () => {
    const compiled: (string | undefined)[] = [];
    const calibration = { values: { input: { scale: 1, zeroPoint: 0 } } };
    const pretending = (backend: Backend): Partial<Backend> => ({
      capabilities: { ...backend.capabilities, precisions: ['f32', 'int8'] },
      compile(of, given, { precision, calibration: itsOwn, ...options } = {}) {
        compiled.push(precision);
        expect(itsOwn).toBe(precision === 'int8' ? calibration : undefined);
        return backend.compile(of, given, options);
      },
    });
    const { refusals } = await bench([candidate('a', 'f32', pretending), candidate('a', 'int8', pretending)], {
      calibration,
      expectedAs: { int8: expectedIn('f32') },
    });
    expect(refusals).toEqual([]);
    expect(compiled).toEqual([undefined, 'int8']);
  });

  it('rejects a workload without the expected outputs of a precision', async () => {
    await expect(bench([candidate('a', 'f16')])).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('no expected output in f16'),
    });
    await expect(bench([candidate('a', 'q8')], { expectedAs: { q8: [] } })).rejects.toMatchObject({
      message: expect.stringContaining('2 samples have 0'),
    });
  });
});
