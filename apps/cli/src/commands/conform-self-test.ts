import { runSelfTest, selfTestPassed } from '@alexnet/conformance/self-test';
import { exitCode } from '../exit-code.ts';
import { stylesFor } from '../terminal/colour.ts';
import { createProgress } from '../terminal/progress.ts';
import { selfTestText } from '../terminal/self-test.ts';
import type { Context, ExitCode } from './command.ts';

/** `alexnet conform --self-test`: the suite's own test. Undefined where it is not asked for. Fails when a fault is missed, fewer than 90 % are named, or a correct kernel fails. */
export function conformSelfTest(
  { selfTest }: { readonly selfTest?: true },
  { output, signal }: Context,
): Promise<ExitCode> | undefined {
  return selfTest ? run() : undefined;

  async function run(): Promise<ExitCode> {
    const progress = createProgress(output.progressStream);
    try {
      const report = await runSelfTest({
        signal,
        onProgress: ({ label, done, total }) => progress.update(label, done, total),
      });
      progress.clear();
      output.people(selfTestText(report, stylesFor(output.peopleStream)));
      const { faults, caught, named, falseFailures } = report;
      output.json({ faults, caught, named, falseFailures });
      return selfTestPassed(report) ? exitCode.passed : exitCode.failed;
    } finally {
      progress.clear();
    }
  }
}
