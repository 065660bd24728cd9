import { throwIfAborted } from '@alexnet/core';
import { compare, warmRecord } from './measure.ts';
import { prepare } from './prepare.ts';
import type { BenchmarkReport, Comparison, Measurement, MemoryRecord, Refusal } from './records.ts';
import { runRounds } from './rounds.ts';
import { type Runner, release } from './runner.ts';
import { clockStep } from './statistics.ts';
import { type Candidate, checkWorkload, type Workload } from './workload.ts';

export interface BenchmarkOptions {
  readonly candidates: readonly Candidate[];
  /** Made one at a time, so that one network's weights are in memory. */
  readonly workloads: Iterable<Workload> | AsyncIterable<Workload>;
  readonly batches: readonly number[];
  /** Time for the warm runs of one network at one batch size; a few rounds run all the same. */
  readonly secondsPerBatch: number;
  /** Orders candidates within rounds and draws the bootstrap. */
  readonly seed: number;
  /** Resident bytes of the process, where the platform tells. */
  readonly readMemory?: () => number;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: string) => void;
}

/**
 * Times candidates on networks. In every round each candidate has one turn, in a shuffled order; phases are timed apart.
 * A candidate that fails, or whose output is not the network's at some batch size, is refused and named, and does not stop the
 * others; what was timed before stays. Errors: `aborted`, `invalid-input` (a workload that cannot be run).
 * Everything that was created is disposed, whatever happens.
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<BenchmarkReport> {
  const { now = () => performance.now(), seed, onProgress = () => {} } = options;
  const measurements: Measurement[] = [];
  const memory: MemoryRecord[] = [];
  const comparisons: Comparison[] = [];
  const refusals: Refusal[] = [];
  const step = clockStep(now);
  const warnings = step > 0.1 ? [`The clock moves in steps of ${step.toPrecision(2)} ms: short times are coarse.`] : [];
  const close = async ({ candidate, program, backend }: Runner) => {
    const problems = await release([program, backend]);
    warnings.push(...problems.map((problem) => `${candidate.id} could not be disposed: ${problem}`));
  };

  for await (const workload of options.workloads) {
    checkWorkload(workload);
    const { variant } = workload;
    const runners = new Set<Runner>();
    const refuse = ({ id }: Candidate, reason: string) => refusals.push({ candidate: id, variant, reason });
    try {
      for (const candidate of options.candidates) {
        throwIfAborted(options.signal, 'benchmark');
        onProgress(`${variant}: ${candidate.id} compiles`);
        const prepared = await prepare(candidate, workload, { ...options, now });
        if ('reason' in prepared) {
          refuse(candidate, prepared.reason);
          continue;
        }
        runners.add(prepared.runner);
        measurements.push(...prepared.measurements);
        memory.push(prepared.memory);
      }
      for (const batch of options.batches) {
        const { times, failures } = await runRounds([...runners], workload, { ...options, batch, now, onProgress });
        for (const [runner, reason] of failures) {
          refuse(runner.candidate, reason);
          runners.delete(runner);
          await close(runner);
        }
        for (const [runner, rounds] of times) measurements.push(warmRecord(runner, variant, batch, rounds));
        comparisons.push(...compare(times, variant, batch, seed));
      }
    } finally {
      for (const runner of runners) await close(runner);
    }
  }
  return { schema: 'alexnet-benchmark/1', seed, measurements, memory, comparisons, refusals, warnings };
}
