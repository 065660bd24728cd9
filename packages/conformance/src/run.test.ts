import { describe, expect, it } from 'vitest';
import { runConformance } from './run.ts';
import { alteredBackend } from './self-test/altered-backend.ts';

const broken = alteredBackend({
  node: ({ node }) => (node.op === 'lrn' ? { shape: [1], data: new Float32Array(1) } : undefined),
});
const lrn = { reason: 'LRN has no kernel yet', tests: ['op/lrn/*'], issue: 'https://example.org/7' };

describe('a skip is data', () => {
  it('carries its reason, tests and issue into the summary', async () => {
    const { summary } = await runConformance({ backend: broken, suites: ['op'], skips: [lrn] });
    expect(summary.failed).toBe(0);
    const entry = summary.skipped.find(({ reason }) => reason === lrn.reason)!;
    expect(entry.issue).toBe(lrn.issue);
    expect(entry.tests).toContain('op/lrn/caffe/random');
  });

  it('that would pass fails the run', async () => {
    const { summary, checks } = await runConformance({
      backend: alteredBackend(),
      suites: ['op'],
      skips: [{ ...lrn, tests: ['op/lrn/caffe/random'] }],
    });
    expect(summary.failed).toBe(1);
    expect(checks.find(({ status }) => status === 'failed')?.reason).toBe(
      'Unexpected pass: remove the skip "LRN has no kernel yet"',
    );
  });

  it.each(['op/lrn/no-such-row/random', 'op/lrnx', 'behaviour/no-such-check'])(
    'that matches no check is an error: %s',
    async (test) => {
      const run = runConformance({ backend: broken, suites: ['op', 'behaviour'], skips: [{ ...lrn, tests: [test] }] });
      await expect(run).rejects.toMatchObject({ code: 'invalid-input', where: 'option skips' });
    },
  );

  it('of a suite that is not run is left alone', async () => {
    const { summary } = await runConformance({ backend: broken, suites: [], skips: [lrn] });
    expect(summary).toEqual({ passed: 0, failed: 0, skipped: [] });
  });
});

describe('a backend that does not answer', () => {
  it('fails the checks after the time limit, and is not asked again after two', async () => {
    let compiled = 0;
    const backend = { ...alteredBackend(), compile: () => new Promise<never>(() => void compiled++) };
    const { summary, checks } = await runConformance({ backend, suites: ['behaviour'], timeLimitMs: 20 });
    expect(compiled).toBe(2);
    expect(summary.passed).toBe(0);
    expect(checks[0]?.reason).toBe('No answer within 0.02 s');
    expect(checks.findLast(({ status }) => status === 'failed')?.reason).toBe(
      'Not tried: checks before this one did not end',
    );
  });

  it('can be left with a signal', async () => {
    const stop = new AbortController();
    const backend = { ...alteredBackend(), compile: () => new Promise<never>(() => stop.abort()) };
    const run = runConformance({ backend, suites: ['behaviour'], signal: stop.signal });
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
  });
});

it('a report survives JSON, NaN and infinities too', async () => {
  const backend = alteredBackend({
    node: ({ evaluate }) => ({ ...evaluate(), data: evaluate().data.map(() => Number.NaN) }),
  });
  const report = await runConformance({ backend, suites: ['op'] });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(report.checks.find(({ status }) => status === 'failed')?.worst).toMatchObject({
    got: 'NaN',
    ratio: 'Infinity',
  });
});

it('progress counts to the total', async () => {
  const seen: number[] = [];
  await runConformance({
    backend: alteredBackend(),
    suites: ['behaviour'],
    onProgress: (progress) => progress.stage === 'check' && seen.push(progress.total - progress.done),
  });
  expect(seen[0]).toBe(seen.length - 1);
  expect(seen.at(-1)).toBe(0);
});
