import { addSummaries, type BackendReport } from '@alexnet/conformance';
import { createVariant } from '@alexnet/core';
import { allBackends } from '../backends.ts';
import { runInChromium } from '../browser/run-in-chromium.ts';
import { chooseFrom } from '../choose-backends.ts';
import { exitCode } from '../exit-code.ts';
import { type LimitsOption, type NetworkOptions, type PlaceOption, pickNetwork, type RunOptions } from '../options.ts';
import { writeReport } from '../report/write.ts';
import { mainNetworks, runAllConformance } from '../runs/conformance.ts';
import { stylesFor } from '../terminal/colour.ts';
import { conformanceText } from '../terminal/conformance.ts';
import type { Context, ExitCode } from './command.ts';

export interface ConformOptions extends NetworkOptions, RunOptions, PlaceOption, LimitsOption {
  readonly variant?: readonly string[];
  readonly seed: number;
  readonly out?: string;
}

/** `alexnet conform`: every op, every layer and whole networks of all backends against the float64 oracle. */
export async function conform(options: ConformOptions, context: Context): Promise<ExitCode> {
  const { output } = context;
  const reports = await reportsOf(options, context);
  const summary = addSummaries(reports.map((report) => report.summary));

  output.people(conformanceText(reports, stylesFor(output.peopleStream)));
  const skipped = summary.skipped.reduce((sum, { tests }) => sum + tests.length, 0);
  output.people(`\n${summary.passed} passed, ${summary.failed} failed, ${skipped} skipped`);
  if (options.out !== undefined) {
    output.people(`Report: ${await writeReport(options.out, { conformance: reports })}`);
  }
  output.json(summary);
  return summary.failed === 0 ? exitCode.passed : exitCode.failed;
}

async function reportsOf(options: ConformOptions, context: Context): Promise<readonly BackendReport[]> {
  const { variant, seed, threads, backend, webgpuLimits } = options;
  const dimensions = pickNetwork(options);
  for (const id of variant ?? []) createVariant(id, dimensions); // bad usage: say so before anything runs
  const networks = variant?.map((id) => ({ variant: id, photographs: 4 })) ?? mainNetworks;
  const plan = { networks, dimensions, seed, ...(threads === undefined ? {} : { threads }) };
  if (options.in === 'node') {
    return runAllConformance(
      { ...plan, backends: await chooseFrom(allBackends({ webgpuLimits }), backend, context.output.note) },
      context,
    );
  }
  return runInChromium(
    { kind: 'conform', webgpuLimits, ...plan, ...(backend === undefined ? {} : { wanted: backend }) },
    context,
  );
}
