import { timeableOf } from '@alexnet/benchmark';
import { addSummaries } from '@alexnet/conformance';
import { allBackends, chooseBackends } from '../backends.ts';
import { exitCode } from '../exit-code.ts';
import type { RunOptions } from '../options.ts';
import { writeReport } from '../report/write.ts';
import { runAllBenchmarks } from '../runs/benchmark.ts';
import { runAllConformance } from '../runs/conformance.ts';
import { benchmarkText } from '../terminal/benchmark.ts';
import { stylesFor } from '../terminal/colour.ts';
import { conformanceText } from '../terminal/conformance.ts';
import { benchNetworks, writeMeasurements } from './bench.ts';
import type { Context, ExitCode } from './command.ts';

export interface StartOptions extends RunOptions {
  readonly seed: number;
  readonly out?: string;
}

/** `alexnet start`, what `npm start` runs: do the backends agree, and which is fastest here? */
export async function start(
  { seed, out = 'alexnet-report.html', threads, backend }: StartOptions,
  context: Context,
): Promise<ExitCode> {
  const { output } = context;
  const styles = stylesFor(output.peopleStream);
  const shared = { seed, ...(threads === undefined ? {} : { threads }) };
  const backends = await chooseBackends(backend);

  output.people(styles.bold('Do the backends agree with the float64 oracle?\n'));
  const networks = benchNetworks.map((variant) => ({ variant, photographs: 4 }));
  const conformance = await runAllConformance({ level: 'standard', backends, networks, ...shared }, context);
  const { passed, failed, skipped } = addSummaries(conformance.map(({ summary }) => summary));
  output.people(conformanceText(conformance, styles));

  output.people(styles.bold('\nWhich is fastest here?\n'));
  const timed = await timeableOf(allBackends(), backend, output.note);
  const plan = { backends: timed, peers: [], variants: benchNetworks, batches: [1, 8, 32], budget: 8, ...shared };
  const benchmark = await runAllBenchmarks(plan, context);
  writeMeasurements(benchmark, output);
  output.people(benchmarkText(benchmark, styles, conformance));

  output.json({ passed, failed, skipped });
  output.people(`\n${passed} checks passed, ${failed} failed.`);
  output.people(`Report: ${await writeReport(out, { conformance, benchmark })}`);
  return failed === 0 && benchmark.refusals.length === 0 ? exitCode.passed : exitCode.failed;
}
