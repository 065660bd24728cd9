import type { Styles } from '../terminal/colour.ts';
import { table } from '../terminal/table.ts';
import type { Judged } from './judge-test.ts';
import { isForeign, type NotApplicable, type OnnxTestsReport } from './run-tests.ts';

const MOST_FAILURES = 12;

/** Checks over all backends. */
export function totalsOf({ found, applicable, backends }: OnnxTestsReport) {
  const count = (status: Judged['status']) =>
    backends.reduce((sum, { results }) => sum + results.filter((result) => result.status === status).length, 0);
  const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')];
  return { found, applicable: applicable.length, passed, failed, skipped };
}

/** What ONNX's tests found, for people: a row per backend, what failed, and why the other tests do not apply. */
export function onnxTestsText(report: OnnxTestsReport, styles: Styles): string {
  const { found, applicable, expectedOff, backends } = report;
  const right = ['tests', 'passed', 'failed', 'skipped', 'used'];
  const rows = backends.map(({ backend, results }) => row(backend, results, styles));
  const reasons = grouped(report.notApplicable).map(({ reason, tests }) => ({
    tests: String(tests.length),
    reason,
    'for example': tests[0]!,
  }));
  const { passed, failed, skipped } = totalsOf(report);
  return [
    `${applicable.length} of ${found} tests are of operators that AlexNet has`,
    '',
    table(rows, { right, styles }),
    ...backends.flatMap(({ backend, results }) => failures(backend, results, styles)),
    ...expectedOff.map(({ test, reason }) => styles.warn(`${test}: what ONNX expects is off: ${reason}`)),
    '',
    'Why others do not apply',
    table(reasons, { right: ['tests'], styles }),
    '',
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ].join('\n');
}

/** Reasons of which each names another foreign operator become one. */
export function grouped(notApplicable: readonly NotApplicable[]): readonly NotApplicable[] {
  const foreign = notApplicable.filter(({ reason }) => isForeign(reason));
  const others = notApplicable.filter(({ reason }) => !isForeign(reason));
  if (foreign.length === 0) return others;
  const tests = foreign.flatMap((entry) => entry.tests);
  return [{ reason: `one of ${foreign.length} operators that AlexNet does not have`, tests }, ...others];
}

function row(backend: string, results: readonly Judged[], styles: Styles) {
  const count = (status: Judged['status']) => results.filter((result) => result.status === status).length;
  const used = Math.max(0, ...results.map(({ maxRatio = 0 }) => maxRatio));
  const failed = count('failed');
  return {
    backend,
    tests: String(results.length),
    passed: styles.good(String(count('passed'))),
    failed: failed === 0 ? '0' : styles.bad(String(failed)),
    skipped: String(count('skipped')),
    used: `${(100 * used).toFixed(0)}%`, // the largest share of its error budget that any element took
  };
}

function failures(backend: string, results: readonly Judged[], styles: Styles): string[] {
  const failed = results.filter(({ status }) => status === 'failed');
  const lines = failed
    .slice(0, MOST_FAILURES)
    .map(({ test, reason = '' }) => `  ${styles.bad('✗')} ${test}\n    ${reason}`);
  const more = failed.length > MOST_FAILURES ? [`  and ${failed.length - MOST_FAILURES} more`] : [];
  return failed.length === 0 ? [] : ['', styles.bad(`${backend} fails ${failed.length} tests`), ...lines, ...more];
}
