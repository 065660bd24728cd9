import { addSummaries } from '@alexnet/conformance';
import { createVariant } from '@alexnet/core';
import { chooseBackends } from '../backends.ts';
import { exitCode } from '../exit-code.ts';
import type { RunOptions } from '../options.ts';
import { writeReport } from '../report/write.ts';
import { mainNetworks, runAllConformance } from '../runs/conformance.ts';
import { stylesFor } from '../terminal/colour.ts';
import { conformanceText } from '../terminal/conformance.ts';
import type { Context, ExitCode } from './command.ts';

export interface ConformOptions extends RunOptions {
  readonly variant?: readonly string[];
  readonly seed: number;
  readonly out?: string;
}

/** `alexnet conform`: every op, every layer and whole networks of all backends against the float64 oracle. */
export async function conform(
  { variant, seed, out, threads, backend }: ConformOptions,
  context: Context,
): Promise<ExitCode> {
  const { output } = context;
  for (const id of variant ?? []) createVariant(id); // an unknown name is bad usage: say so before anything runs
  const backends = await chooseBackends(backend);
  const networks = variant?.map((id) => ({ variant: id, photographs: 4 })) ?? mainNetworks;
  const reports = await runAllConformance(
    { backends, networks, seed, ...(threads === undefined ? {} : { threads }) },
    context,
  );
  const summary = addSummaries(reports.map((report) => report.summary));

  output.people(conformanceText(reports, stylesFor(output.peopleStream)));
  const skipped = summary.skipped.reduce((sum, { tests }) => sum + tests.length, 0);
  output.people(`\n${summary.passed} passed, ${summary.failed} failed, ${skipped} skipped`);
  if (out !== undefined) output.people(`Report: ${await writeReport(out, { conformance: reports })}`);
  output.json(summary);
  return summary.failed === 0 ? exitCode.passed : exitCode.failed;
}
