import { type Check, numberOf, suites } from '../report/report.ts';
import { element } from './element.ts';

const columns = ['checks', 'passed', 'failed', 'skipped', 'most of a budget used'];

/** A row per suite. */
export function resultTable(id: string, checks: readonly Check[]): HTMLElement {
  const head = ['suite', ...columns].map((name) => element('th', { scope: 'col' }, name));
  const rows = suites.flatMap((suite) => {
    const of = checks.filter((check) => check.suite === suite);
    return of.length === 0 ? [] : [row(suite, of)];
  });
  return element(
    'table',
    {},
    element('caption', {}, `Checks of ${id}`),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
}

function row(suite: string, checks: readonly Check[]): HTMLElement {
  const count = (status: Check['status']) => String(checks.filter((check) => check.status === status).length);
  const ratios = checks.flatMap(({ maxRatio }) => (maxRatio === undefined ? [] : [numberOf(maxRatio)]));
  const worst = Math.max(...ratios);
  const used = ratios.length === 0 ? '' : Number.isFinite(worst) ? `${(100 * worst).toFixed(0)} %` : 'all and more';
  const cells = [String(checks.length), count('passed'), count('failed'), count('skipped'), used];
  return element('tr', {}, element('th', { scope: 'row' }, suite), ...cells.map((text) => element('td', {}, text)));
}

/** What failed and what was skipped, each with its reason; nothing where all passed. */
export function failureList(checks: readonly Check[]): HTMLElement {
  const of = (status: Check['status']) => checks.filter((check) => check.status === status);
  return element('div', {}, ...list('failed', of('failed'), true), ...list('skipped', of('skipped'), false));
}

function list(what: string, checks: readonly Check[], open: boolean): HTMLElement[] {
  if (checks.length === 0) return [];
  const items = checks.map(({ id, name, reason = '', diagnosis }) => {
    const cause = diagnosis?.cause;
    const likely = cause === undefined ? '' : ` Most likely: ${cause.cause} ${cause.fix}`;
    return element('li', {}, element('code', {}, id), `: ${name}. ${reason}`, element('strong', {}, likely));
  });
  const title = `${checks.length} ${checks.length === 1 ? 'check' : 'checks'} ${what}`;
  return [
    element(
      'details',
      { class: `conformance-${what}`, ...(open ? { open: '' } : {}) },
      element('summary', {}, title),
      element('ul', {}, ...items),
    ),
  ];
}
