import { diagnosisLines } from './diagnosis-lines.ts';
import { type BackendReport, type Check, numberOf, suites } from './report.ts';

/*
 * JUnit's XML as CI servers read it: `testsuites` > `testsuite` > `testcase`, each case empty (passed) or with `failure` or `skipped`.
 * Times are in seconds. A suite is one part of the conformance suite on one backend.
 */

/** One document for the reports of any number of backends. */
export function toJUnit(reports: readonly BackendReport[]): string {
  const all = reports.flatMap(({ checks }) => checks);
  const ms = reports.reduce((sum, report) => sum + report.ms, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="conformance" ${counts(all)} time="${seconds(ms)}">`,
    ...reports.flatMap(suitesOf),
    '</testsuites>',
    '',
  ].join('\n');
}

function suitesOf({ backend, checks }: BackendReport): string[] {
  const { engine, device, threads, notes } = backend.environment;
  const facts = { engine, device, threads: String(threads), notes: notes.join(' ') };
  return suites.flatMap((suite) => {
    const of = checks.filter((check) => check.suite === suite);
    if (of.length === 0) return [];
    const name = `${backend.id}.${suite}`;
    const ms = of.reduce((sum, check) => sum + check.ms, 0);
    return [
      `  <testsuite name=${quote(name)} ${counts(of)} errors="0" time="${seconds(ms)}">`,
      '    <properties>',
      ...Object.entries(facts).map(([key, value]) => `      <property name=${quote(key)} value=${quote(value)}/>`),
      '    </properties>',
      ...of.map((check) => testcase(name, check)),
      '  </testsuite>',
    ];
  });
}

function testcase(suite: string, check: Check): string {
  const { id, status, ms } = check;
  const open = `    <testcase classname=${quote(suite)} name=${quote(id)} time="${seconds(ms)}"`;
  if (status === 'passed') return `${open}/>`;
  const { reason = 'no reason given', issue } = check;
  if (status === 'skipped') {
    const message = issue === undefined ? reason : `${reason} (${issue})`;
    return `${open}><skipped message=${quote(message)}/></testcase>`;
  }
  return `${open}><failure type="${check.suite}" message=${quote(reason)}>${escapeText(details(check))}</failure></testcase>`;
}

function details({ name, why, reason = '', worst, maxRatio, diagnosis }: Check): string {
  return [
    `Must hold: ${name}`,
    `Checked because: ${why}`,
    `Found: ${reason}`,
    ...diagnosisLines(diagnosis),
    ...(worst === undefined
      ? []
      : [`Worst element: [${worst.index.join(', ')}], got ${worst.got}, want ${worst.want}`]),
    ...(maxRatio === undefined ? [] : [`Error over budget: ${numberOf(maxRatio)}`]),
  ].join('\n');
}

function counts(checks: readonly Check[]): string {
  const of = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  return `tests="${checks.length}" failures="${of('failed')}" skipped="${of('skipped')}"`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** An attribute's value in its quotes. Line ends are written as references: a reader turns others into spaces. */
function quote(text: string): string {
  return `"${escapeText(text).replace(/[\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`)}"`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for XML 1.0, which cannot hold most control characters, lone surrogates and U+FFFE and U+FFFF, not even as references: they are shown by number. */
function escapeText(text: string): string {
  // by code point: what is left of a pair that is torn apart is a match of its own
  return text.replace(/[\s\S]/gu, (c) => {
    const code = c.codePointAt(0)!;
    return isXml(code) ? (entities[c] ?? c) : `\\u{${code.toString(16)}}`;
  });
}

/** The characters of XML 1.0 (section 2.2), less the control characters U+007F to U+009F, which it discourages. */
function isXml(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return (code < 0x7f || code > 0x9f) && (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
