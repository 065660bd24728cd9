import { networksOf, partsOf } from '@alexnet/benchmark';
import { addSummaries, type BackendReport, type Level, toJUnit } from '@alexnet/conformance';
import { allBackends } from '../backends.ts';
import { runInChromium } from '../browser/run-in-chromium.ts';
import { exitCode } from '../exit-code.ts';
import { writeChunks } from '../files.ts';
import { chooseWithModules, refuseModules } from '../module-backend/choose.ts';
import { type LimitsOption, type NetworkOptions, type PlaceOption, pickNetwork, type RunOptions } from '../options.ts';
import { writeReport } from '../report/write.ts';
import { runAllConformance } from '../runs/conformance.ts';
import { stylesFor } from '../terminal/colour.ts';
import { conformanceText } from '../terminal/conformance.ts';
import type { Context, ExitCode } from './command.ts';

export interface ConformOptions extends NetworkOptions, RunOptions, PlaceOption, LimitsOption, ConformFiles {
  readonly variant?: readonly string[];
  readonly level: Level;
  readonly select?: readonly string[];
  readonly seed: number;
  /** False with --no-cache. */
  readonly cache: boolean;
}

/** Where reports are written. */
interface ConformFiles {
  readonly out?: string;
  readonly junit?: string;
  readonly jsonFile?: string;
}

/** `alexnet conform`: every op, every layer and whole networks of all backends against the float64 oracle. */
export async function conform(options: ConformOptions, context: Context): Promise<ExitCode> {
  const { output } = context;
  const reports = await reportsOf(options, context);
  const summary = addSummaries(reports.map((report) => report.summary));

  output.people(conformanceText(reports, stylesFor(output.peopleStream)));
  const skipped = summary.skipped.reduce((sum, { tests }) => sum + tests.length, 0);
  output.people(`\n${summary.passed} passed, ${summary.failed} failed, ${skipped} skipped`);
  await writeFiles(options, reports, output.people);
  output.json(summary);
  return summary.failed === 0 ? exitCode.passed : exitCode.failed;
}

async function reportsOf(options: ConformOptions, context: Context): Promise<readonly BackendReport[]> {
  const { variant, level, select, seed, threads, backend, webgpuLimits } = options;
  const [first, ...others] = networksOf[level];
  const plan = {
    level,
    networks: variant?.map((id) => ({ ...first!, variant: id })) ?? [first!, ...others],
    dimensions: pickNetwork(options),
    seed,
    ...(select === undefined ? {} : { select }),
    ...(threads === undefined ? {} : { threads }),
  };
  partsOf(plan); // bad usage: say so before anything runs
  const registry = allBackends({ webgpuLimits });
  if (options.in === 'node') {
    const backends = await chooseWithModules(registry, backend, context.output.note);
    return runAllConformance({ ...plan, backends }, context, { cache: options.cache });
  }
  refuseModules(registry, backend);
  return runInChromium(
    { kind: 'conform', webgpuLimits, ...plan, ...(backend === undefined ? {} : { wanted: backend }) },
    context,
  );
}

async function writeFiles(
  { out, junit, jsonFile }: ConformFiles,
  reports: readonly BackendReport[],
  say: (text: string) => void,
): Promise<void> {
  const write = async (path: string, text: string) => {
    await writeChunks(path, [Buffer.from(text)]);
    say(`Written: ${path}`);
  };
  if (out !== undefined) say(`Report: ${await writeReport(out, { conformance: reports })}`);
  if (junit !== undefined) await write(junit, toJUnit(reports));
  if (jsonFile !== undefined) await write(jsonFile, `${JSON.stringify(reports)}\n`);
}
