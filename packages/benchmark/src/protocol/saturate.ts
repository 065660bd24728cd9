import { throwIfAborted } from '@alexnet/core';
import type { SaturationRecord, SaturationStep } from '../records.ts';
import { batchOf } from './batches.ts';
import { disagreement } from './gate.ts';
import { messageOf, type Runner, recordedAs, signalOf, timed } from './runner.ts';
import { median } from './statistics.ts';
import { expectedOf, precisionOf, type Workload } from './workload.ts';

/** Growth that counts. */
const GROWTH = 1.05;
/** One doubling that gains nothing may be noise, or a size that a kernel does not like. */
const FLAT_DOUBLINGS = 2;
const LARGEST = 4096;
/** Timed runs of one batch size, after one that is not: as many as fit, at least one. */
const RUNS = 5;
const STEP_MS = 2000;

export interface SaturateOptions {
  readonly now: () => number;
  /** How long the search may take; a batch of which one run would not fit any more is not tried. */
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Doubles the batch from 1 until images per second no longer grow by more than 5 %, twice in a row, time or memory is up, or an output is wrong.
 * What it reports is the smallest batch within 5 % of the highest throughput. Alone, not in turns. Errors: `aborted`.
 */
export async function saturate(
  runner: Runner,
  workload: Workload,
  { now, limitMs, signal }: SaturateOptions,
): Promise<SaturationRecord | undefined> {
  const steps: SaturationStep[] = [];
  const start = now();
  let ended = 'the largest batch was reached';
  for (let batch = 1; batch <= LARGEST; batch *= 2) {
    const expectedMs = (2 * 1000 * batch) / (steps.at(-1)?.imagesPerSecond ?? Number.POSITIVE_INFINITY);
    if (now() - start + expectedMs > limitMs) {
      ended = `time was up before batch ${batch}`;
      break;
    }
    try {
      steps.push({ batch, imagesPerSecond: await throughputAt(batch, runner, workload, { now, ...signalOf(signal) }) });
    } catch (error) {
      throwIfAborted(signal, 'benchmark');
      ended = `batch ${batch} failed: ${messageOf(error)}`;
      break;
    }
    const before = steps.slice(0, -FLAT_DOUBLINGS);
    const best = Math.max(...before.map(({ imagesPerSecond }) => imagesPerSecond));
    if (before.length > 0 && steps.slice(-FLAT_DOUBLINGS).every((step) => step.imagesPerSecond <= GROWTH * best)) {
      ended = 'throughput no longer grew';
      break;
    }
  }
  const most = Math.max(...steps.map(({ imagesPerSecond }) => imagesPerSecond));
  const found = steps.find(({ imagesPerSecond }) => imagesPerSecond * GROWTH >= most);
  return found && { ...recordedAs(runner.candidate), variant: workload.variant, ...found, ended, steps };
}

async function throughputAt(
  batch: number,
  { candidate, program }: Runner,
  workload: Workload,
  { now, signal }: Omit<SaturateOptions, 'limitMs'>,
): Promise<number> {
  const expected = expectedOf(workload, candidate);
  const { input, indices } = batchOf(workload, batch);
  const { prob } = await program.run({ input }, signalOf(signal));
  const reason = disagreement(
    prob,
    indices.map((index) => expected[index]!),
    precisionOf(candidate),
  );
  if (reason !== undefined) throw new Error(`does not conform: ${reason}`);
  const times: number[] = [];
  const start = now();
  while (times.length < RUNS && (times.length === 0 || now() - start < STEP_MS)) {
    throwIfAborted(signal, 'benchmark');
    times.push((await timed(now, () => program.run({ input }, signalOf(signal))))[1]);
  }
  if (median(times) === 0) throw new Error('the clock does not move during a run');
  return (1000 * batch) / median(times);
}
