import {
  type BackendReport,
  type Check,
  findingsOf,
  firstWrongLayers,
  firstWrongLayerText,
} from '@alexnet/conformance';
import type { Styles } from './colour.ts';

const MOST_FAILURES = 12;

/** What a backend fails: causes first, each with its fix, then the first wrong layer of networks, then the checks. */
export function failureText({ backend, checks }: BackendReport, styles: Styles): string[] {
  const failed = checks.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return [];
  const causes = findingsOf(checks).flatMap(({ cause, checks: explained }) => [
    `  ${styles.bad(`${cause.id}: ${cause.cause}`)}`,
    `    explains ${explained.length} of the failed checks; fix: ${cause.fix}`,
  ]);
  const layers = firstWrongLayers(checks).map(
    (first) =>
      `  ${[first.variant, first.precision, `on ${first.image}`].filter(Boolean).join(' ')}: ${firstWrongLayerText(first)}`,
  );
  const more = failed.length > MOST_FAILURES ? [`  and ${failed.length - MOST_FAILURES} more`] : [];
  return [
    '',
    styles.bad(`${backend.id} fails ${failed.length} ${failed.length === 1 ? 'check' : 'checks'}`),
    ...causes,
    ...layers,
    ...failed.slice(0, MOST_FAILURES).flatMap((check) => checkText(check, styles)),
    ...more,
  ];
}

function checkText({ id, name, reason, diagnosis }: Check, styles: Styles): string[] {
  const { cause, alternatives = [], pattern, errors } = diagnosis ?? {};
  const others = alternatives.length === 0 ? '' : ` (or ${alternatives.map((other) => other.id).join(', ')})`;
  const where =
    errors === undefined
      ? []
      : [
          `wrong from [${errors.first.join(', ')}] to [${errors.last.join(', ')}], in ${inSamples(errors.samples.length, errors.batch)}`,
        ];
  const lines = [
    reason ?? '',
    ...where,
    ...(cause === undefined ? [] : [`cause: ${cause.cause}${others}`]),
    ...(pattern === undefined ? [] : [pattern]),
  ];
  return [`  ${styles.bad('✗')} ${id}: ${name}`, ...lines.filter(Boolean).map((line) => `    ${line}`)];
}

function inSamples(wrong: number, batch: number): string {
  return `${wrong} of ${batch} ${batch === 1 ? 'sample' : 'samples'}`;
}
