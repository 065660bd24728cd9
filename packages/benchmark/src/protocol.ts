import {
  type Backend,
  type Graph,
  type Program,
  philoxStream,
  type Tensor,
  throwIfAborted,
  type Weights,
} from '@alexnet/core';
import { rotateBatches } from './batches.ts';
import { whyNot } from './gate.ts';
import type { BenchmarkReport, Comparison, Measurement, MemoryRecord, Phase, Refusal } from './records.ts';
import {
  ascending,
  clockStep,
  isStationary,
  median,
  medianInterval,
  outliers,
  quantile,
  ratioInterval,
  verdictOf,
} from './statistics.ts';

/** Something to time: one of our backends, or a peer that runs the same network in its own best way. */
export interface Candidate {
  readonly id: string;
  readonly kind: 'ours' | 'peer';
  create(): Promise<Backend>;
}

/** A network with samples to run and what the oracle says of them. */
export interface Workload {
  readonly variant: string;
  readonly graph: Graph;
  readonly weights: Weights;
  /** Single samples [1, ...]; more than one, so that consecutive runs differ. */
  readonly samples: readonly Tensor[];
  /** The oracle's `prob` of each sample. */
  readonly expected: readonly Tensor[];
}

export interface BenchmarkOptions {
  readonly candidates: readonly Candidate[];
  /** Made one at a time, so that one network's weights are in memory. */
  readonly workloads: Iterable<Workload> | AsyncIterable<Workload>;
  readonly batches: readonly number[];
  /** Time for the warm runs of one network at one batch size; at least `MIN_ROUNDS` rounds run all the same. */
  readonly secondsPerBatch: number;
  /** Orders candidates within rounds and draws the bootstrap. */
  readonly seed: number;
  /** Resident bytes of the process, where the platform tells. */
  readonly readMemory?: () => number;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: string) => void;
}

const MIN_ROUNDS = 7;
const MAX_ROUNDS = 60;
/** Half the width of a confidence interval, relative to the median, at which more rounds are not worth their time. */
const PRECISE = 0.01;
/**
 * Pause before a candidate's turn. Engines let their threads spin for some milliseconds after a run, in wait for the next;
 * without the pause one candidate's idle threads slow the next candidate down, on two processors by half.
 */
const SETTLE_MS = 25;
const MAX_WARM_UP = 20;

/** A candidate that compiled a network and passed the gate. */
interface Runner {
  readonly candidate: Candidate;
  readonly backend: Backend;
  readonly program: Program;
}

/**
 * Times candidates on networks. In every round each candidate has one turn, in a shuffled order; phases are timed apart.
 * A candidate that fails, or whose output is not the network's, is refused and named, and does not stop the others.
 * Errors: `aborted`. Everything that was created is disposed, whatever happens.
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<BenchmarkReport> {
  const { now = () => performance.now(), seed, onProgress = () => {} } = options;
  const measurements: Measurement[] = [];
  const memory: MemoryRecord[] = [];
  const comparisons: Comparison[] = [];
  const refusals: Refusal[] = [];
  const step = clockStep(now);
  const warnings = step > 0.1 ? [`The clock moves in steps of ${step.toPrecision(2)} ms: short times are coarse.`] : [];

  for await (const workload of options.workloads) {
    const runners: Runner[] = [];
    try {
      for (const candidate of options.candidates) {
        throwIfAborted(options.signal, 'benchmark');
        onProgress(`${workload.variant}: ${candidate.id} compiles`);
        await prepare(candidate, workload, { ...options, now, measurements, memory, refusals, runners });
      }
      for (const batch of options.batches) {
        if (runners.length === 0) break;
        const times = await warmRuns(runners, workload, batch, { ...options, now, onProgress });
        measurements.push(
          ...runners.map((runner) => warmRecord(runner, workload.variant, batch, times.get(runner)!.flat())),
        );
        comparisons.push(...compare(runners, times, workload.variant, batch, seed));
      }
    } finally {
      for (const { program, backend } of runners) {
        await program[Symbol.asyncDispose]();
        await backend[Symbol.asyncDispose]();
      }
    }
  }
  return { schema: 'alexnet-benchmark/1', seed, measurements, memory, comparisons, refusals, warnings };
}

interface Preparing extends BenchmarkOptions {
  readonly now: () => number;
  readonly measurements: Measurement[];
  readonly memory: MemoryRecord[];
  readonly refusals: Refusal[];
  readonly runners: Runner[];
}

/** Creates, compiles, runs once and checks; adds a runner, or a refusal. */
async function prepare(candidate: Candidate, workload: Workload, at: Preparing): Promise<void> {
  const { variant, graph, weights, samples, expected } = workload;
  const options = at.signal === undefined ? {} : { signal: at.signal };
  const bytesBefore = at.readMemory?.();
  let backend: Backend | undefined;
  let program: Program | undefined;
  try {
    const [created, createMs] = await timed(at.now, () => candidate.create());
    backend = created;
    const [compiled, compileMs] = await timed(at.now, () =>
      created.compile(graph, weights, { outputs: ['prob'], ...options }),
    );
    program = compiled;
    const [, firstMs] = await timed(at.now, () => compiled.run({ input: samples[0]! }, options));
    const reason = await whyNot(program, samples, expected, options);
    if (reason !== undefined) throw new Error(`does not conform: ${reason}`);
    const runner = { candidate, backend, program };
    for (const [phase, ms] of [
      ['load', createMs],
      ['compile', compileMs],
      ['first-run', firstMs],
    ] as const) {
      at.measurements.push(record(runner, variant, 1, phase, [ms]));
    }
    const { hostBytes, deviceBytes } = program.memory();
    at.memory.push({
      candidate: candidate.id,
      variant,
      programBytes: hostBytes + deviceBytes,
      ...(bytesBefore === undefined ? {} : { processBytes: at.readMemory!() - bytesBefore }),
    });
    at.runners.push(runner);
  } catch (error) {
    await program?.[Symbol.asyncDispose]();
    await backend?.[Symbol.asyncDispose]();
    throwIfAborted(at.signal, 'benchmark');
    at.refusals.push({
      candidate: candidate.id,
      variant,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}

async function timed<T>(now: () => number, work: () => Promise<T>): Promise<[T, number]> {
  const start = now();
  const result = await work();
  return [result, now() - start];
}

interface Timing extends BenchmarkOptions {
  readonly now: () => number;
  readonly onProgress: (step: string) => void;
}

/** Times of every runner, by round and turn: `[round][run]`. */
async function warmRuns(
  runners: readonly Runner[],
  workload: Workload,
  batch: number,
  at: Timing,
): Promise<Map<Runner, number[][]>> {
  const inputs = rotateBatches(workload.samples, batch);
  let next = 0;
  const run = async ({ program }: Runner): Promise<number> => {
    throwIfAborted(at.signal, 'benchmark');
    const input = inputs[next++ % inputs.length]!;
    const [, ms] = await timed(at.now, () =>
      program.run({ input }, at.signal === undefined ? {} : { signal: at.signal }),
    );
    return ms;
  };

  const typical = new Map<Runner, number>();
  for (const runner of runners) {
    at.onProgress(`${workload.variant}, batch ${batch}: ${runner.candidate.id} warms up`);
    const times: number[] = [];
    const start = at.now();
    while (times.length < 3 || (!isStationary(times) && times.length < MAX_WARM_UP && at.now() - start < 2000))
      times.push(await run(runner));
    typical.set(runner, median(times.slice(-3)));
  }

  const rounds = new Map(runners.map((runner) => [runner, [] as number[][]]));
  const start = at.now();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const spent = at.now() - start;
    if (
      round >= MIN_ROUNDS &&
      (spent > at.secondsPerBatch * 1000 || runners.every((runner) => isPrecise(rounds.get(runner)!)))
    )
      break;
    at.onProgress(`${workload.variant}, batch ${batch}: round ${round + 1}`);
    for (const runner of shuffled(runners, at.seed, round)) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      const { untimed, timed: count } = turnOf(typical.get(runner)!);
      for (let i = 0; i < untimed; i++) await run(runner);
      const turn: number[] = [];
      for (let i = 0; i < count; i++) turn.push(await run(runner));
      rounds.get(runner)!.push(turn);
    }
  }
  return rounds;
}

/** Short runs come several in a turn, after one that brings their weights back into the caches, as in steady use. */
function turnOf(ms: number): { readonly untimed: number; readonly timed: number } {
  if (ms < 60) return { untimed: 1, timed: 4 };
  return ms < 300 ? { untimed: 1, timed: 2 } : { untimed: 0, timed: 1 };
}

function isPrecise(rounds: readonly number[][]): boolean {
  const { value, low, high } = medianInterval(rounds.map(median));
  return (high - low) / 2 < PRECISE * value;
}

/** Fisher-Yates with the counter-based generator: the same seed, the same order. */
function shuffled<T>(items: readonly T[], seed: number, round: number): T[] {
  const order = [...items];
  const words = philoxStream([round, 0, 0, 0], [seed >>> 0, 0x6f726465], order.length);
  for (let i = order.length - 1; i > 0; i--) {
    const j = words[i]! % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function record(
  { candidate, backend }: Runner,
  variant: string,
  batch: number,
  phase: Phase,
  times: readonly number[],
): Measurement {
  const sorted = ascending(times);
  const { value, low, high } = medianInterval(times);
  const { engine, device, threads } = backend.environment;
  return {
    candidate: candidate.id,
    kind: candidate.kind,
    engine,
    device,
    threads,
    variant,
    precision: 'f32',
    batch,
    phase,
    samples: times.length,
    p50Ms: value,
    p90Ms: quantile(sorted, 0.9),
    p99Ms: quantile(sorted, 0.99),
    ciLowMs: low,
    ciHighMs: high,
    outliers: outliers(times),
  };
}

function warmRecord(runner: Runner, variant: string, batch: number, times: readonly number[]): Measurement {
  const warm = record(runner, variant, batch, 'warm', times);
  return { ...warm, imagesPerSecond: (1000 * batch) / warm.p50Ms };
}

/** Every pair, each with the interval of its ratio. */
function compare(
  runners: readonly Runner[],
  times: ReadonlyMap<Runner, readonly number[][]>,
  variant: string,
  batch: number,
  seed: number,
): Comparison[] {
  const perRound = (runner: Runner) => times.get(runner)!.map(median);
  return runners.flatMap((a, i) =>
    runners.slice(i + 1).map((b) => {
      const interval = ratioInterval(perRound(a), perRound(b), seed);
      const { value, low, high } = interval;
      return {
        variant,
        batch,
        a: a.candidate.id,
        b: b.candidate.id,
        ratio: value,
        ciLow: low,
        ciHigh: high,
        verdict: verdictOf(interval),
      };
    }),
  );
}
