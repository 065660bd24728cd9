import { AlexNetError } from '@alexnet/core';
import { addSummaries, type Check, type SkippedTests, type Summary } from '../report/report.ts';
import { matches } from './pattern.ts';

/** Finds the reason for which a check may fail, if there is one. */
export type Skips = (id: string) => SkippedTests | undefined;

/**
 * Skips are data. One whose tests do not exist has been forgotten and hides nothing: an error, unless its part of the suite does not run.
 * Errors: `invalid-input`.
 */
export function createSkips(skips: readonly SkippedTests[], ids: readonly string[]): Skips {
  for (const pattern of skips.flatMap(({ tests }) => tests)) {
    const part = partOf(pattern);
    if (!ids.some((id) => id.startsWith(part)) || ids.some((id) => matches(pattern, id))) continue;
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The skip ${JSON.stringify(pattern)} matches no check`,
      fix: 'Remove it, or write the id of a check as reports show it.',
      where: 'option skips',
    });
  }
  return (id) => skips.find(({ tests }) => tests.some((pattern) => matches(pattern, id)));
}

/** Passed, failed, and what was skipped for which reason. */
export function summarize(checks: readonly Check[]): Summary {
  return addSummaries(
    checks.map(({ id, status, reason = '', issue }) => ({
      passed: status === 'passed' ? 1 : 0,
      failed: status === 'failed' ? 1 : 0,
      skipped: status === 'skipped' ? [{ reason, tests: [id], ...(issue === undefined ? {} : { issue }) }] : [],
    })),
  );
}

/** `op/`, `behaviour/`, `network/torchvision/`: the parts of the suite that are run or not as a whole. */
function partOf(pattern: string): string {
  const [suite, variant] = pattern.split('/');
  return suite === 'network' && variant !== undefined ? `network/${variant}/` : `${suite}/`;
}
