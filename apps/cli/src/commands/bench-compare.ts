import { type BenchmarkReport, compareRuns, parseBenchmark } from '@alexnet/benchmark';
import { AlexNetError } from '@alexnet/core';
import { exitCode } from '../exit-code.ts';
import { readBytes } from '../files.ts';
import type { Output } from '../output.ts';
import { stylesFor } from '../terminal/colour.ts';
import { comparisonText } from '../terminal/comparison.ts';
import type { Context, ExitCode } from './command.ts';

export interface BenchCompareOptions {
  /** Two files: the older run and the newer. */
  readonly compare?: readonly string[];
  readonly relativeTo?: string;
  /** A share: 0.05 for 5 %. */
  readonly tolerance?: number;
}

/**
 * `alexnet bench --compare`: two runs that were kept, instead of a new one. Undefined where it is not asked for. Fails when one of our backends is slower by
 * more than the tolerance, or was timed before and is refused now.
 */
export function benchCompare(
  { compare, relativeTo, tolerance }: BenchCompareOptions,
  { output }: Context,
): Promise<ExitCode> | undefined {
  if (compare === undefined) {
    const alone = relativeTo === undefined ? tolerance && '--tolerance' : '--relative-to';
    if (alone) throw usage(`${alone} belongs to --compare`, 'Add --compare old.json new.json.');
    return undefined;
  }
  return run();

  async function run(): Promise<ExitCode> {
    const [older, newer, ...more] = compare!;
    if (older === undefined || newer === undefined || more.length > 0)
      throw usage(`--compare takes two files, not ${compare!.length}`, 'Give the older first.');
    const result = compareRuns({
      before: await reportIn(older, output),
      after: await reportIn(newer, output),
      ...(relativeTo === undefined ? {} : { relativeTo }),
      ...(tolerance === undefined ? {} : { tolerance }),
    });
    const { changes, lost, notes } = result;
    for (const change of changes) output.json({ record: 'change', ...change });
    for (const refusal of lost) output.json({ record: 'lost', ...refusal });
    for (const text of notes) output.json({ record: 'note', text });
    const regressed = changes.filter((change) => change.regressed).length;
    output.json({ record: 'end', changes: changes.length, regressed, lost: lost.length });
    output.people(comparisonText(result, stylesFor(output.peopleStream)));
    return changes.length > 0 && regressed === 0 && lost.length === 0 ? exitCode.passed : exitCode.failed;
  }
}

async function reportIn(path: string, { note }: Output): Promise<BenchmarkReport> {
  const { report, problems } = parseBenchmark(new TextDecoder().decode(await readBytes(path)), path);
  for (const problem of problems) note(problem);
  return report;
}

function usage(message: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, fix, where: 'option --compare' });
}
