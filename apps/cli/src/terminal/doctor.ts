import type { Correctness, Examination, Finding } from '@alexnet/core';
import type { Styles } from './colour.ts';
import { table } from './table.ts';

/** What was found out of each backend, for people: a table, what is to be said of each, and which to use and why. */
export function doctorText(examination: Examination, styles: Styles): string {
  const { findings } = examination;
  return [
    table(
      findings.map((finding) => row(finding, styles)),
      { right: ['threads', 'error', 'p50 ms', '95 % interval', 'brings'], styles },
    ),
    ...findings.flatMap((finding) => detailsOf(finding, styles)),
    '',
    ...conclusionOf(examination, styles),
  ].join('\n');
}

function row(finding: Finding, styles: Styles) {
  const { backend, environment, correctness, speed, download } = finding;
  return {
    '': mark(finding, styles),
    backend,
    device: environment?.device ?? '-',
    threads: environment === undefined ? '-' : String(environment.threads),
    right: correctness === undefined ? '-' : correctness.passed ? styles.good('yes') : styles.bad('no'),
    error: correctness === undefined ? '-' : shareOf(correctness),
    'p50 ms': speed === undefined ? '-' : ms(speed.p50Ms),
    '95 % interval': speed === undefined ? '-' : `${ms(speed.ciLowMs)} - ${ms(speed.ciHighMs)}`,
    brings: download === undefined ? '-' : `${(download.gzipBytes / 1e6).toFixed(2)} MB`,
  };
}

function mark({ status }: Finding, styles: Styles): string {
  return { ok: styles.good('ok'), warn: styles.warn('warn'), fail: styles.bad('fail') }[status];
}

function ms(value: number): string {
  return value < 1000 ? value.toPrecision(3) : value.toFixed(0);
}

/** The largest share of what is allowed that any layer is off by. */
function shareOf({ layers }: Correctness): string {
  const most = Math.max(...layers.map(({ error, allowed }) => (error ?? Number.POSITIVE_INFINITY) / allowed));
  return most < 10 ? `${(100 * most).toPrecision(2)} %` : 'beyond';
}

function detailsOf(finding: Finding, styles: Styles): string[] {
  const { backend, lacks, evidence, prescriptions, availability, environment } = finding;
  const engine = environment?.engine;
  const unseen = availability?.fallback === true && environment === undefined;
  return [
    '',
    `${mark(finding, styles)} ${styles.bold(backend)}${engine === undefined ? '' : `: ${engine}`}`,
    ...lacks.map((lack) => `  ${finding.status === 'fail' ? styles.bad(lack) : styles.warn(lack)}`),
    ...evidence.map((text) => `  ${text}`),
    ...(unseen ? [`--backend ${backend} checks and times it.`] : prescriptions).map((text) => `  → ${text}`),
  ];
}

function conclusionOf({ chosen, reasons, runnerUp, measuredAt, cached }: Examination, styles: Styles): string[] {
  const when = cached ? `Measured before, at ${measuredAt}; --refresh measures again.` : `Measured at ${measuredAt}.`;
  if (chosen === undefined) return [styles.bad('No backend here is right and has what was asked for.'), when];
  return [
    styles.bold(`Use ${styles.good(chosen)}`),
    ...reasons.map((reason) => `  ${reason}`),
    ...(runnerUp === undefined ? [] : [`Without it: ${runnerUp}.`]),
    styles.dim(when),
  ];
}
