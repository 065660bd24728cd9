import { networkRunsOf } from '@alexnet/benchmark';
import { type BackendReport, type Check, numberOf, suites } from '@alexnet/conformance';
import type { Styles } from './colour.ts';
import { failureText } from './failures.ts';
import { table } from './table.ts';

/** What a conformance run found, for people: a row per backend and suite, then what failed and what was skipped. */
export function conformanceText(reports: readonly BackendReport[], styles: Styles): string {
  const rows = reports.flatMap(({ backend, checks }) =>
    suites.flatMap((suite) => {
      const of = checks.filter((check) => check.suite === suite);
      return of.length === 0 ? [] : [row(backend.id, suite, of, styles)];
    }),
  );
  return [
    table(rows, { right: ['checks', 'passed', 'failed', 'skipped', 'used'], styles }),
    ...networkText(reports, styles),
    ...reports.flatMap((report) => failureText(report, styles)),
    ...reports.flatMap(({ backend, summary }) =>
      summary.skipped.map(({ reason, tests }) => styles.warn(`${backend.id}: skipped ${tests.length}: ${reason}`)),
    ),
  ].join('\n');
}

function row(backend: string, suite: string, checks: readonly Check[], styles: Styles) {
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const failed = count('failed');
  const ratios = checks.filter(({ maxRatio }) => maxRatio !== undefined).map(({ maxRatio }) => numberOf(maxRatio!));
  return {
    backend,
    suite,
    checks: String(checks.length),
    passed: styles.good(String(count('passed'))),
    failed: failed === 0 ? '0' : styles.bad(String(failed)),
    skipped: String(count('skipped')),
    // the largest share of its error budget that any element took
    used: ratios.length === 0 ? '' : percent(Math.max(...ratios)),
  };
}

/** A row per network, precision and backend, over all its photographs; none where nothing of it was run. */
function networkText(reports: readonly BackendReport[], styles: Styles): string[] {
  const rows = networkRunsOf(reports).flatMap(({ network, includes }) =>
    reports.flatMap(({ backend, checks, endToEnd }) => {
      const ends = endToEnd.filter(includes);
      const layers = checks.filter(
        (check) => includes(check) && check.layer !== undefined && check.status !== 'skipped',
      );
      if (ends.length + layers.length === 0) return [];
      const worst = layers.reduce<Check | undefined>((a, b) => (ratioOf(b) > ratioOf(a) ? b : a), undefined);
      const top1 = ends.filter((end) => end.top1.agrees).length;
      return {
        network,
        backend: backend.id,
        layers: `${layers.filter(({ status }) => status === 'passed').length}/${layers.length}`,
        'worst layer': worst === undefined ? '' : `${worst.layer} ${percent(ratioOf(worst))} of budget`,
        'top-1': top1 === ends.length ? styles.good(`${top1}/${ends.length}`) : styles.bad(`${top1}/${ends.length}`),
        'largest difference':
          ends.length === 0 ? '' : exponential(Math.max(...ends.map(({ probability }) => numberOf(probability.value)))),
      };
    }),
  );
  return rows.length === 0 ? [] : ['', table(rows, { right: ['layers', 'top-1', 'largest difference'], styles })];
}

function ratioOf(check: Check | undefined): number {
  return check?.maxRatio === undefined ? -1 : numberOf(check.maxRatio);
}

function percent(ratio: number): string {
  return Number.isFinite(ratio) ? `${(100 * ratio).toFixed(ratio < 0.1 ? 1 : 0)}%` : 'beyond';
}

function exponential(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}
