import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, workspacePackages } from './bootstrap/workspace.mjs';

/** @typedef {import('./reporter.ts').Report} Report */

/** The same as in reporter.ts, which plain Node cannot import. */
export const reportFile = '.vitest/report.json';

/** @param {string} [from] */
function tested(from = root) {
  return workspacePackages(from).filter(({ manifest }) => manifest.scripts?.['test'] !== undefined);
}

/** Call before a test run: what is there afterwards was written, or restored from turbo's cache, by that run. */
export function clearReports(from = root) {
  for (const { folder } of tested(from)) rmSync(join(from, folder, reportFile), { force: true });
}

/**
 * The reports of all packages that have tests; one that did not come to report counts as a failure.
 * @returns {{ name: string, ran: boolean, report: Report }[]}
 */
export function readReports(from = root) {
  return tested(from).map(({ folder, manifest: { name } }) => {
    const file = join(from, folder, reportFile);
    if (existsSync(file)) return { name, ran: true, report: JSON.parse(readFileSync(file, 'utf8')) };
    return { name, ran: false, report: { passed: 0, failed: ['its tests did not run to the end'], skipped: [] } };
  });
}

/**
 * A table of counts per package, then every skip with its reason and every failure.
 * @param {readonly { name: string, report: Report }[]} reports
 */
export function summarise(reports) {
  const width = Math.max(...reports.map(({ name }) => name.length));
  const lines = ['', `${'tests'.padEnd(width)}  passed  failed  skipped`];
  for (const { name, report } of reports) {
    const counts = [report.passed, report.failed.length, report.skipped.length];
    const [passed, failed, skipped] = counts.map((count) => String(count));
    lines.push(`${name.padEnd(width)}  ${passed?.padStart(6)}  ${failed?.padStart(6)}  ${skipped?.padStart(7)}`);
  }
  for (const { name, report } of reports) {
    for (const test of report.skipped) lines.push(`skipped: ${name} ${test.name}: ${test.reason || 'no reason given'}`);
  }
  for (const { name, report } of reports) for (const test of report.failed) lines.push(`failed: ${name} ${test}`);
  return lines.join('\n');
}
