import { onnxPeers } from '@alexnet/backend-onnx';
import type { BenchmarkReport } from '@alexnet/benchmark';
import { createRegistry, createVariant } from '@alexnet/core';
import { chooseBackends, type Probed } from '../backends.ts';
import { exitCode } from '../exit-code.ts';
import type { RunOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { writeReport } from '../report/write.ts';
import { runAllBenchmarks } from '../runs/benchmark.ts';
import { benchmarkText } from '../terminal/benchmark.ts';
import { stylesFor } from '../terminal/colour.ts';
import type { Context, ExitCode } from './command.ts';

export interface BenchOptions extends RunOptions {
  readonly variant?: readonly string[];
  readonly batch: readonly number[];
  readonly peers?: true;
  readonly budget: number;
  readonly seed: number;
  readonly out?: string;
}

/** The networks that are timed without options. */
export const benchNetworks = ['bvlc-alexnet', 'torchvision'] as const;

/** `alexnet bench`: backends that conform, interleaved, with confidence intervals. */
export async function bench(options: BenchOptions, context: Context): Promise<ExitCode> {
  const { output } = context;
  const variants = options.variant ?? benchNetworks;
  for (const id of variants) createVariant(id); // an unknown name is bad usage: say so before anything runs
  const backends = await timeable(options.backend, output);
  const peers = options.peers === true ? await availablePeers() : [];
  const { batch: batches, seed, budget, threads } = options;
  const plan = { backends, peers, variants, batches, seed, budget, ...(threads === undefined ? {} : { threads }) };
  const report = await runAllBenchmarks(plan, context);

  writeMeasurements(report, output);
  output.people(benchmarkText(report, stylesFor(output.peopleStream)));
  if (options.out !== undefined) output.people(`Report: ${await writeReport(options.out, { benchmark: report })}`);
  return report.refusals.length === 0 ? exitCode.passed : exitCode.failed;
}

/** Backends to time: the oracle is a yardstick, not a contestant, unless it is asked for. */
export async function timeable(wanted: readonly string[] | undefined, output: Output): Promise<Probed[]> {
  const chosen = await chooseBackends(wanted);
  if (wanted !== undefined) return chosen;
  output.note('The reference backend is the yardstick and is not timed; --backend reference times it.');
  return chosen.filter(({ provider }) => provider.id !== 'reference');
}

export async function availablePeers(): Promise<Probed[]> {
  const peers = await createRegistry(onnxPeers()).probe();
  return peers.filter(({ availability }) => availability.available);
}

/** JSON lines: measurements, memory, comparisons and refusals, each told by its `record`. */
export function writeMeasurements(
  { measurements, memory, comparisons, refusals, schema, seed }: BenchmarkReport,
  { json }: Output,
): void {
  for (const record of measurements) json({ record: 'measurement', ...record });
  for (const record of memory) json({ record: 'memory', ...record });
  for (const record of comparisons) json({ record: 'comparison', ...record });
  for (const record of refusals) json({ record: 'refusal', ...record });
  json({ record: 'end', schema, seed, measurements: measurements.length, refusals: refusals.length });
}
