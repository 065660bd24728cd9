import type { BenchmarkReport } from '@alexnet/benchmark';
import { linesOf, peersOf, timeableOf, type WantedPeers } from '@alexnet/benchmark';
import { AlexNetError, createVariant, type ProgramPrecision } from '@alexnet/core';
import { allBackends } from '../backends.ts';
import { runInChromium } from '../browser/run-in-chromium.ts';
import { exitCode } from '../exit-code.ts';
import { type NetworkOptions, type PlaceOption, pickNetwork, type RunOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { allPeers } from '../peers/node.ts';
import { writeReport } from '../report/write.ts';
import { runAllBenchmarks } from '../runs/benchmark.ts';
import { givenWeights, type NativeWeights } from '../runs/given-weights.ts';
import { benchmarkText } from '../terminal/benchmark.ts';
import { stylesFor } from '../terminal/colour.ts';
import type { Context, ExitCode } from './command.ts';

export interface BenchOptions extends NetworkOptions, RunOptions, PlaceOption {
  readonly variant?: readonly string[];
  readonly batch: readonly number[];
  readonly precision: readonly ProgramPrecision[];
  readonly peers?: WantedPeers;
  readonly budget: number;
  readonly limit: number;
  readonly seed: number;
  readonly roofline?: true;
  readonly saturate?: true;
  /** A folder or an address of native weights. */
  readonly weights?: string;
  readonly out?: string;
}

/** The networks that are timed without options. */
export const benchNetworks = ['bvlc-alexnet', 'torchvision'] as const;

/** `alexnet bench`: backends that conform, interleaved, with confidence intervals. */
export async function bench(options: BenchOptions, context: Context): Promise<ExitCode> {
  const { output } = context;
  const report = await reportOf(options, context);

  writeMeasurements(report, output);
  output.people(benchmarkText(report, stylesFor(output.peopleStream)));
  if (options.out !== undefined) output.people(`Report: ${await writeReport(options.out, { benchmark: report })}`);
  const timed = report.measurements.length > 0; // not when no backend declares the precision
  return timed && report.refusals.length === 0 ? exitCode.passed : exitCode.failed;
}

async function reportOf(options: BenchOptions, context: Context): Promise<BenchmarkReport> {
  const { batch: batches, precision: precisions, seed, budget, threads, backend, peers: wantedPeers } = options;
  await using given = await weightsOf(options, context);
  const variants = given === undefined ? (options.variant ?? benchNetworks) : [given.variant];
  const dimensions = given?.dimensions ?? pickNetwork(options);
  for (const id of variants) createVariant(id, dimensions); // bad usage: say so before anything runs
  const plan = {
    variants,
    dimensions,
    batches,
    precisions,
    seed,
    budget,
    limit: options.limit,
    ...(threads === undefined ? {} : { threads }),
    ...(options.roofline === undefined ? {} : { roofline: true }),
    ...(options.saturate === undefined ? {} : { saturate: true }),
  };
  if (options.in === 'chromium') {
    const wanted = backend === undefined ? {} : { wanted: backend };
    return await runInChromium({ kind: 'bench', ...plan, ...wanted, wantedPeers }, context);
  }
  const { note } = context.output;
  const backends = await timeableOf(allBackends(), backend, note);
  if (wantedPeers === true) note('Starts the peers; ONNX Runtime Web on WebGPU takes about a minute for that in Node.');
  const peers = await peersOf(allPeers(), wantedPeers, note);
  return await runAllBenchmarks({ ...plan, backends, peers }, context, given); // before the weights are closed
}

/** The weights that `--weights` names; they say which network it is. */
async function weightsOf(options: BenchOptions, { signal }: Context): Promise<NativeWeights | undefined> {
  if (options.weights === undefined) return undefined;
  const other = options.in === 'chromium' ? '--in' : options.variant && '--variant';
  if (other !== undefined)
    throw new AlexNetError({
      code: 'invalid-input',
      message: `--weights goes without ${other}: they say which network it is, and are read in this process`,
      where: `option ${other}`,
      fix: 'Leave one of both out.',
    });
  return givenWeights(options.weights, signal);
}

/** A report as JSON lines, each told by its `record`. */
export function writeMeasurements(report: BenchmarkReport, { json }: Output): void {
  for (const line of linesOf(report)) json(line);
}
