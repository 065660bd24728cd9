import {
  type Backend,
  buildGraph,
  evaluate,
  referenceProvider,
  seededWeights,
  sourceOfWeights,
  type TensorMap,
} from '@alexnet/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseBenchmark } from '../schema/parse-benchmark.ts';
import { type BenchmarkOptions, runBenchmark } from './protocol.ts';
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

/** Time that only runs move, so that nothing depends on the machine. */
const clock = { ms: 0 };
beforeEach(() => {
  clock.ms = 0;
  vi.useFakeTimers({ toFake: ['setTimeout'] }).setTimerTickMode('nextTimerAsync'); // pauses pass at once
});
afterEach(() => {
  vi.useRealTimers();
});

interface Spy {
  readonly runs: { readonly id: string; readonly batch: number; readonly first: number }[];
  alive: number;
}

/** The reference backend, watched, and optionally slowed down or made wrong. */
function candidate(
  id: string,
  spy: Spy,
  change: { runMs?: number; wrong?: (out: TensorMap, batch: number) => TensorMap; undisposable?: true } = {},
): Candidate {
  return {
    id,
    kind: 'ours',
    async create() {
      const backend = await referenceProvider().create();
      spy.alive++;
      return {
        ...backend,
        async compile(...args: Parameters<Backend['compile']>) {
          const program = await backend.compile(...args);
          spy.alive++;
          return {
            ...program,
            async run(inputs: TensorMap) {
              const batch = inputs['input']!.shape[0]!;
              spy.runs.push({ id, batch, first: inputs['input']!.data[1]! });
              clock.ms += change.runMs ?? 1;
              const out = await program.run(inputs);
              return change.wrong?.(out, batch) ?? out;
            },
            async [Symbol.asyncDispose]() {
              spy.alive--;
              if (change.undisposable) throw new Error('device busy');
              await program[Symbol.asyncDispose]();
            },
          };
        },
        async [Symbol.asyncDispose]() {
          spy.alive--;
        },
      };
    },
  };
}

const newSpy = (): Spy => ({ runs: [], alive: 0 });
const bench = (candidates: Candidate[], options: Partial<BenchmarkOptions> = {}) =>
  runBenchmark({
    candidates,
    workloads: [workload],
    batches: [1, 4],
    secondsPerBatch: 0,
    seed: 3,
    now: () => (clock.ms += 1e-6),
    ...options,
  });

describe('a benchmark', () => {
  it('measures every phase of every candidate, and every batch size', async () => {
    const spy = newSpy();
    const report = await bench([candidate('a', spy), candidate('b', spy)]);
    const seen = report.measurements.map(({ candidate: id, phase, batch }) => `${id} ${phase} ${batch}`);
    for (const id of ['a', 'b']) {
      for (const phase of ['load 1', 'compile 1', 'first-run 1', 'warm 1', 'warm 4'])
        expect(seen).toContain(`${id} ${phase}`);
    }
    expect(report.measurements.every(({ p50Ms, ciLowMs, ciHighMs }) => ciLowMs <= p50Ms && p50Ms <= ciHighMs)).toBe(
      true,
    );
    expect(report.refusals).toEqual([]);
  });

  it('tells a candidate that takes twice as long, with the interval, and throughput', async () => {
    const spy = newSpy();
    const report = await bench([candidate('fast', spy, { runMs: 2 }), candidate('slow', spy, { runMs: 4 })]);
    const [comparison] = report.comparisons;
    expect(comparison).toMatchObject({ a: 'fast', b: 'slow', batch: 1, verdict: 'faster' });
    expect(comparison?.ratio).toBeCloseTo(2, 2);
    const warm = report.measurements.find((m) => m.phase === 'warm' && m.batch === 4 && m.candidate === 'slow');
    expect(warm?.imagesPerSecond).toBeCloseTo(1000, -1);
  });

  it('claims nothing between a candidate and itself', async () => {
    const spy = newSpy();
    const { comparisons } = await bench([candidate('a', spy, { runMs: 3 }), candidate('b', spy, { runMs: 3 })]);
    expect(comparisons.map(({ verdict }) => verdict)).toEqual(['no difference shown', 'no difference shown']);
  });

  it('interleaves candidates, in an order that the seed fixes, and rotates inputs', async () => {
    const order = async (seed: number) => {
      const spy = newSpy();
      await bench([candidate('a', spy), candidate('b', spy), candidate('c', spy)], { seed, batches: [2] });
      return spy.runs.filter(({ batch }) => batch === 2);
    };
    const runs = await order(3);
    const turns = runs
      .map(({ id }) => id)
      .join('')
      .replaceAll(/(.)\1+/g, '$1');
    expect(turns.slice(-21)).not.toMatch(/^(abc)+$/);
    expect(new Set(turns.slice(-9))).toEqual(new Set('abc'));
    expect(runs.every(({ first }, i) => i === 0 || first !== runs[i - 1]!.first)).toBe(true);
    expect(await order(3)).toEqual(runs);
    expect(await order(4)).not.toEqual(runs);
  });

  it('refuses to time a candidate whose output is wrong, and says what is wrong', async () => {
    const spy = newSpy();
    const wrong = (out: TensorMap) => ({ prob: { ...out['prob']!, data: out['prob']!.data.toReversed() } });
    const { measurements, refusals } = await bench([candidate('good', spy), candidate('bad', spy, { wrong })]);
    expect(refusals).toEqual([
      {
        candidate: 'bad',
        precision: 'f32',
        variant: 'tiny',
        reason: expect.stringMatching(/does not conform: sample 0: class \d has probability [\d.]+ instead of [\d.]+/),
      },
    ]);
    expect(new Set(measurements.map((m) => m.candidate))).toEqual(new Set(['good']));
    expect(spy.alive).toBe(0);
  });

  it('refuses NaN', async () => {
    const wrong = (out: TensorMap) => ({ prob: { ...out['prob']!, data: out['prob']!.data.map(() => Number.NaN) } });
    expect((await bench([candidate('nan', newSpy(), { wrong })])).refusals).toHaveLength(1);
  });

  it('goes on without a candidate that cannot be created', async () => {
    const spy = newSpy();
    const broken: Candidate = {
      id: 'broken',
      kind: 'peer',
      create: () => Promise.reject(new Error('no such library')),
    };
    const { measurements, refusals } = await bench([broken, candidate('good', spy)]);
    expect(refusals).toEqual([{ candidate: 'broken', precision: 'f32', variant: 'tiny', reason: 'no such library' }]);
    expect(measurements.some((m) => m.candidate === 'good' && m.phase === 'warm')).toBe(true);
  });

  it('refuses a candidate from the batch size on where its output is wrong, and keeps what was timed before', async () => {
    const spy = newSpy();
    // every sample of a batch gets the output of the first, as with a stride of zero
    const wrong = ({ prob }: TensorMap) => ({
      prob: { ...prob!, data: prob!.data.map((_, i) => prob!.data[i % 6]!) },
    });
    const { measurements, refusals, comparisons } = await bench([
      candidate('good', spy),
      candidate('bad', spy, { wrong }),
    ]);
    expect(refusals).toEqual([
      {
        candidate: 'bad',
        precision: 'f32',
        variant: 'tiny',
        reason: expect.stringMatching(/batch 4: does not conform: sample 1/),
      },
    ]);
    const warm = measurements.filter((m) => m.phase === 'warm').map((m) => `${m.candidate} ${m.batch}`);
    expect(warm.toSorted()).toEqual(['bad 1', 'good 1', 'good 4']);
    expect(comparisons.map(({ batch }) => batch)).toEqual([1]);
    expect(spy.alive).toBe(0);
  });

  it('goes on without a candidate that fails in the middle of its rounds', async () => {
    const spy = newSpy();
    let left = 12;
    const wrong = (out: TensorMap, batch: number) => {
      if (batch === 4 && left-- === 0) throw new Error('out of memory');
      return out;
    };
    const { measurements, refusals } = await bench([candidate('good', spy), candidate('bad', spy, { wrong })]);
    expect(refusals).toEqual([
      { candidate: 'bad', precision: 'f32', variant: 'tiny', reason: 'batch 4: out of memory' },
    ]);
    expect(measurements.filter((m) => m.batch === 4).map((m) => m.candidate)).toEqual(['good']);
    expect(spy.alive).toBe(0);
  });

  it('disposes everything even when one program cannot be, and says so', async () => {
    const spy = newSpy();
    const { warnings } = await bench([candidate('stuck', spy, { undisposable: true }), candidate('good', spy)]);
    expect(warnings).toEqual(['stuck could not be disposed: device busy']);
    expect(spy.alive).toBe(0);
  });

  it.each([
    { why: 'no samples', change: { samples: [], expected: [] }, message: /no sample/ },
    {
      why: 'a sample without its expected output',
      change: { expected: expected.slice(1) },
      message: /3 samples have 2/,
    },
    {
      why: 'ten crops where one sample is meant',
      change: { samples: samples.map(({ data }) => ({ shape: [10, 3, 4, 5], data })) },
      message: /batch 10/,
    },
  ])('rejects a workload with $why', async ({ change, message }) => {
    const workloads = [{ ...workload, ...change }];
    await expect(bench([candidate('a', newSpy())], { workloads })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(message),
    });
  });

  it('stops when it is cancelled, and leaves nothing behind', async () => {
    const spy = newSpy();
    const controller = new AbortController();
    const onProgress = (step: string) => void (step.includes('round 2') && controller.abort());
    await expect(bench([candidate('a', spy)], { signal: controller.signal, onProgress })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(spy.alive).toBe(0);
  });

  it('tells what a program holds, and what the process grew by', async () => {
    let resident = 1000;
    const { memory } = await bench([candidate('a', newSpy())], { readMemory: () => (resident += 500) });
    expect(memory).toEqual([
      {
        candidate: 'a',
        precision: 'f32',
        variant: 'tiny',
        programBytes: 4 * (360 + 6),
        deviceBytes: 0,
        processBytes: 500,
      },
    ]);
  });

  it('warns of a machine that gets slower, and says by how much in its record', async () => {
    const spy = newSpy();
    const hot = candidate('hot', spy, {
      get runMs() {
        return 2 + spy.runs.length / 50;
      },
    });
    const { warnings, noise } = await bench([hot], { batches: [1] });
    expect(warnings.join()).toMatch(/machine was busy while tiny was timed at batch 1: .*the last rounds took/);
    expect(noise?.[0]?.drift).toBeGreaterThan(1.1);
  });

  it('compares nothing, and states no throughput, where the clock does not move during a run', async () => {
    const spy = newSpy();
    const still = [candidate('a', spy, { runMs: 0 }), candidate('b', spy, { runMs: 0 })];
    const report = await bench(still, { now: () => Math.floor(clock.ms) });
    expect(report.comparisons).toEqual([]);
    expect(report.measurements.some(({ imagesPerSecond }) => imagesPerSecond !== undefined)).toBe(false);
    expect(parseBenchmark(JSON.stringify(report)).report).toEqual(report);
  });

  it('puts our candidates beside what they reach at best, with the time of layers where they profile', async () => {
    const spy = newSpy();
    const bytes = 4 * (360 + 6);
    /** Reads a gigabyte per second, and takes 1 ms for every other graph. */
    const profiling = (id: string, kind: Candidate['kind']): Candidate => ({
      ...candidate(id, spy, { runMs: 1 }),
      kind,
      async create() {
        const backend = await candidate(id, spy, { runMs: 1 }).create();
        return {
          ...backend,
          capabilities: { ...backend.capabilities, profiling: true },
          async compile(peak, ...rest) {
            if (!peak.name.startsWith('peak-')) {
              const program = await backend.compile(peak, ...rest);
              return { ...program, profile: async () => [{ nodes: 'flatten+fc8+prob', ms: 0.75 }] };
            }
            return {
              run: async () => {
                clock.ms += peak.name === 'peak-reading' ? (4 * 4097 * 8192) / 1e6 : 1;
                return {};
              },
              memory: () => ({ hostBytes: 0, deviceBytes: 0 }),
              async [Symbol.asyncDispose]() {},
            };
          },
        };
      },
    });
    const candidates = [profiling('ours', 'ours'), profiling('theirs', 'peer')];
    const { rooflines, layers, warnings } = await bench(candidates, { batches: [1], roofline: true });
    expect(warnings).toEqual([]);
    const floorMs = expect.closeTo(bytes / 1e6, 6);
    expect(rooflines).toEqual([
      expect.objectContaining({ candidate: 'ours', batch: 1, floorMs, share: expect.closeTo(bytes / 1e6, 4) }),
    ]);
    expect(layers?.map(({ candidate: id, ms, bound }) => [id, ms, bound])).toEqual([
      ['ours', 0.75, 'memory'],
      ['theirs', 0.75, undefined],
    ]);
    expect(await bench([candidates[0]!], { batches: [1] })).not.toHaveProperty('rooflines');
  });

  it('times how weights come, and compiling while they are on their way', async () => {
    const spy = newSpy();
    let open = 0;
    const delivery = {
      from: 'network' as const,
      async open() {
        clock.ms += 40;
        open++;
        return { ...sourceOfWeights(weights), bytes: 1464, [Symbol.asyncDispose]: async () => void open-- };
      },
    };
    const workloads = [{ ...workload, deliveries: [delivery] }];
    const peer: Candidate = { ...candidate('peer', spy), kind: 'peer' };
    const report = await bench([candidate('a', spy), peer], { workloads, batches: [1] });
    expect(report.deliveries).toEqual([
      expect.objectContaining({ variant: 'tiny', from: 'network', bytes: 1464, p50Ms: expect.closeTo(40, 3) }),
    ]);
    const arriving = report.measurements.filter(({ phase }) => phase === 'arriving');
    expect(arriving.map((m) => [m.candidate, m.p50Ms])).toEqual([['a', expect.closeTo(40, 3)]]);
    expect([open, spy.alive, report.refusals]).toEqual([0, 0, []]);
  });

  it('warns of a coarse clock', async () => {
    let reads = 0;
    const now = () => Math.floor(clock.ms + reads++ / 3);
    const { warnings, clockStepMs } = await bench([candidate('a', newSpy())], { now });
    expect(warnings.join()).toContain('steps of 1');
    expect(clockStepMs).toBe(1);
  });
});
