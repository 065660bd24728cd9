import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reportFile as written } from './reporter.ts';
import { clearReports, readReports, reportFile, summarise } from './test-reports.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'alexnet reports '));
  for (const [name, scripts] of Object.entries({ a: { test: 'vitest' }, b: { test: 'vitest' }, untested: {} })) {
    mkdirSync(join(root, 'packages', name, '.vitest'), { recursive: true });
    writeFileSync(join(root, 'packages', name, 'package.json'), JSON.stringify({ name: `@alexnet/${name}`, scripts }));
  }
});
afterEach(() => rmSync(root, { recursive: true }));

const report = {
  passed: 12,
  failed: ['x.test.ts: adds'],
  skipped: [
    { name: 'y.test.ts: runs on a GPU', reason: 'there is no GPU' },
    { name: 'z.test.ts: later', reason: '' },
  ],
};

it('reads what the reporter writes', () => {
  expect(reportFile).toBe(written);
});

it('counts the tests of every package, and one that did not come to report as a failure', () => {
  writeFileSync(join(root, 'packages/a', reportFile), JSON.stringify(report));
  expect(readReports(root)).toEqual([
    { name: '@alexnet/a', ran: true, report },
    {
      name: '@alexnet/b',
      ran: false,
      report: { passed: 0, failed: ['its tests did not run to the end'], skipped: [] },
    },
  ]);
});

it('forgets the reports of an earlier run', () => {
  writeFileSync(join(root, 'packages/a', reportFile), JSON.stringify(report));
  clearReports(root);
  expect(readReports(root).map(({ report: { passed, failed } }) => [passed, failed.length])).toEqual([
    [0, 1],
    [0, 1],
  ]);
});

it('lists every skip with its reason and every failure', () => {
  expect(summarise([{ name: '@alexnet/a', report }])).toBe(`
tests       passed  failed  skipped
@alexnet/a      12       1        2
skipped: @alexnet/a y.test.ts: runs on a GPU: there is no GPU
skipped: @alexnet/a z.test.ts: later: no reason given
failed: @alexnet/a x.test.ts: adds`);
});
