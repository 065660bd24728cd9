import { throwIfAborted } from '@alexnet/core';
import { timeDelivery } from '../delivery/delivery.ts';
import {
  type BenchmarkReport,
  type Comparison,
  type DeliveryRecord,
  type LayerRecord,
  labelOf,
  type Measurement,
  type MemoryRecord,
  type NoiseRecord,
  type Refusal,
  type RooflineRecord,
  type SaturationRecord,
} from '../records.ts';
import { besideCeiling, createRatesOf } from './ceiling.ts';
import { compare, warmRecord } from './measure.ts';
import { noiseOf, noiseWarnings } from './noise.ts';
import { prepare } from './prepare.ts';
import { runRounds } from './rounds.ts';
import { type Runner, recordedAs, release } from './runner.ts';
import { saturate } from './saturate.ts';
import { fewChecks, fewTurns, fitting, type Timed } from './slow.ts';
import { clockStep } from './statistics.ts';
import { type Candidate, checkWorkload, precisionOf, type Workload } from './workload.ts';

export interface BenchmarkOptions {
  readonly candidates: readonly Candidate[];
  /** Made one at a time, so that one network's weights are in memory. */
  readonly workloads: Iterable<Workload> | AsyncIterable<Workload>;
  readonly batches: readonly number[];
  /** Time for the warm runs of one network at one batch size; a few rounds run all the same. */
  readonly secondsPerBatch: number;
  /**
   * How long one candidate may run at one batch size; default 300. A slower one gets fewer turns, at least two, and is not timed at
   * all where one run would take longer. Warnings say so.
   */
  readonly secondsPerCandidate?: number;
  /** Orders candidates within rounds. */
  readonly seed: number;
  /** Whether to measure what each of our candidates in f32 reaches at best, and to put its networks beside that. */
  readonly roofline?: boolean;
  /** Whether to look for the batch at which each candidate's throughput no longer grows. */
  readonly saturate?: boolean;
  /** Resident bytes of the process, where the platform tells. */
  readonly readMemory?: () => number;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: string) => void;
}

/**
 * Times candidates on networks. In every round each candidate has one turn, in a shuffled order; phases are timed apart.
 * A candidate that fails, or whose output is not the network's at some batch size, is refused and named, and does not stop the
 * others; what was timed before stays. One whose backend does not declare its precision is left out, with a warning.
 * Errors: `aborted`, `invalid-input` (a workload that cannot be run), those of a delivery of weights.
 * Everything that was created is disposed, whatever happens.
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<BenchmarkReport> {
  const { now = () => performance.now(), seed, onProgress = () => {}, secondsPerCandidate = 300 } = options;
  const limitMs = 1000 * secondsPerCandidate;
  const measurements: Measurement[] = [];
  const memory: MemoryRecord[] = [];
  const comparisons: Comparison[] = [];
  const refusals: Refusal[] = [];
  const noise: NoiseRecord[] = [];
  const rooflines: RooflineRecord[] = [];
  const layers: LayerRecord[] = [];
  const saturations: SaturationRecord[] = [];
  const deliveries: DeliveryRecord[] = [];
  const step = clockStep(now);
  const undeclared = new Set<string>();
  const warnings = step > 0.1 ? [`The clock moves in steps of ${step.toPrecision(2)} ms: short times are coarse.`] : [];
  const close = async ({ candidate, program, backend }: Runner) => {
    const problems = await release([program, backend]);
    warnings.push(...problems.map((problem) => `${labelOf(recordedAs(candidate))} could not be disposed: ${problem}`));
  };

  const ratesOf = createRatesOf({ ...options, now, warn: (text) => warnings.push(text) });

  for await (const workload of options.workloads) {
    checkWorkload(workload, options.candidates);
    const { variant } = workload;
    const runners = new Set<Runner>();
    const refuse = (candidate: Candidate, reason: string) =>
      refusals.push({ ...recordedAs(candidate), variant, reason });
    try {
      for (const delivery of workload.deliveries ?? []) {
        onProgress(`${variant}: weights from the ${delivery.from}`);
        deliveries.push(await timeDelivery(delivery, { ...options, variant, now }));
      }
      for (const candidate of options.candidates) {
        throwIfAborted(options.signal, 'benchmark');
        onProgress(`${variant}: ${labelOf(recordedAs(candidate))} compiles`);
        const prepared = await prepare(candidate, workload, { ...options, now, limitMs });
        if ('undeclared' in prepared) {
          undeclared.add(
            `${candidate.id} does not declare the precision ${precisionOf(candidate)} and is not timed in it.`,
          );
          continue;
        }
        if ('reason' in prepared) {
          refuse(candidate, prepared.reason);
          continue;
        }
        runners.add(prepared.runner);
        warnings.push(...fewChecks(prepared.runner, workload, prepared.checked));
        measurements.push(...prepared.measurements);
        memory.push(prepared.memory);
      }
      const batches: Timed[] = [];
      for (const batch of options.batches) {
        const { able, warnings: tooSlow } = fitting([...runners], batches, batch, limitMs);
        const results = await runRounds(able, workload, { ...options, batch, now, limitMs, onProgress });
        const { times, failures, spinMs } = results;
        const noisy = noiseOf([...times.values()], spinMs, { variant, batch });
        if (noisy !== undefined) {
          noise.push(noisy);
          warnings.push(...noiseWarnings(noisy));
        }
        batches.push({ batch, times });
        warnings.push(...tooSlow, ...fewTurns(times, variant, batch, limitMs));
        for (const [runner, reason] of failures) {
          refuse(runner.candidate, reason);
          runners.delete(runner);
          await close(runner);
        }
        for (const [runner, rounds] of times) {
          const warm = warmRecord(runner, variant, batch, rounds);
          measurements.push(warm);
          const beside = await besideCeiling(
            runner,
            { warm, workload, rates: await ratesOf(runner) },
            { ...options, now },
          );
          rooflines.push(...beside.rooflines);
          layers.push(...beside.layers);
          warnings.push(...beside.warnings);
        }
        comparisons.push(...compare(results, variant, batch));
      }
      if (options.saturate) {
        for (const runner of runners) {
          onProgress(`${variant}: the batch that saturates ${labelOf(recordedAs(runner.candidate))}`);
          const found = await saturate(runner, workload, { ...options, now, limitMs });
          if (found !== undefined) saturations.push(found);
        }
      }
    } finally {
      for (const runner of runners) await close(runner);
    }
  }
  return {
    schema: 'alexnet-benchmark/1',
    seed,
    clockStepMs: step,
    measurements,
    memory,
    comparisons,
    refusals,
    noise,
    ...(rooflines.length === 0 ? {} : { rooflines }),
    ...(layers.length === 0 ? {} : { layers }),
    ...(saturations.length === 0 ? {} : { saturations }),
    ...(deliveries.length === 0 ? {} : { deliveries }),
    warnings: [...warnings, ...undeclared],
  };
}
