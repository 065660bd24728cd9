import { AlexNetError } from '@alexnet/core';
import { allBackends } from '../backends.ts';
import { exitCode } from '../exit-code.ts';
import { chooseWithModules } from '../module-backend/choose.ts';
import { exportCases } from '../onnx-tests/export-cases.ts';
import { runOnnxTests } from '../onnx-tests/run-tests.ts';
import { onnxTestsText, totalsOf } from '../onnx-tests/text.ts';
import type { LimitsOption, PlaceOption, RunOptions } from '../options.ts';
import { withHost } from '../runs/node-host.ts';
import { stylesFor } from '../terminal/colour.ts';
import type { Context, ExitCode } from './command.ts';

export interface ConformOnnxOptions extends RunOptions, PlaceOption, LimitsOption {
  readonly onnxTests?: string;
  readonly exportOnnx?: string;
}

/** `alexnet conform --onnx-tests`, `--export-onnx`: the exchange of tests with ONNX. Undefined when neither is asked for. */
export function conformOnnx(options: ConformOnnxOptions, context: Context): Promise<ExitCode> | undefined {
  if (options.exportOnnx !== undefined) return exportAll(options.exportOnnx, context);
  return options.onnxTests === undefined ? undefined : runAll(options.onnxTests, options, context);
}

async function exportAll(folder: string, { output, signal }: Context): Promise<ExitCode> {
  const { written, leftOut } = await exportCases(folder, signal);
  output.people(`${written.length} tests in ${folder}`);
  for (const { reason, cases } of leftOut) output.people(`${cases.length} cases are left out: ${reason}`);
  output.json({ folder, written, leftOut });
  return exitCode.passed;
}

async function runAll(folder: string, options: ConformOnnxOptions, context: Context): Promise<ExitCode> {
  const { threads, backend, webgpuLimits } = options;
  const { output } = context;
  if (options.in !== 'node') {
    throw new AlexNetError({
      code: 'invalid-input',
      message: 'Tests of ONNX are files, which a page cannot read',
      where: 'option --in',
      fix: 'Leave --in out.',
    });
  }
  const backends = await chooseWithModules(allBackends({ webgpuLimits }), backend, output.note);
  const plan = { folder, backends, ...(threads === undefined ? {} : { threads }) };
  const report = await withHost(context, (host) => runOnnxTests(plan, host));
  output.people(onnxTestsText(report, stylesFor(output.peopleStream)));
  const totals = totalsOf(report);
  output.json({ ...totals, notApplicable: report.notApplicable, expectedOff: report.expectedOff });
  return totals.failed === 0 && report.applicable.length > 0 ? exitCode.passed : exitCode.failed;
}
