import type { Backend, Precision } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { alteredBackend } from '../self-test/altered-backend.ts';
import { network } from '../testing/small-network.ts';
import { levels } from './levels.ts';
import { runConformance } from './run.ts';

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

describe('a deviation that the backend itself states', () => {
  const deviation = { reason: 'the engine divides twice', tests: ['op/lrn/*'] };

  it('is a skip: its checks run, and the reason is theirs', async () => {
    const backend = { ...broken, deviations: [deviation] };
    const { summary, checks } = await runConformance({ backend, suites: ['op'], select: ['op/lrn/*'] });
    expect(summary).toMatchObject({ passed: 0, failed: 0, skipped: [{ reason: deviation.reason }] });
    expect(checks.some(({ ms }) => ms > 0)).toBe(true);
  });

  it('that would pass fails the run', async () => {
    const backend = { ...alteredBackend(), deviations: [deviation] };
    const { summary } = await runConformance({ backend, suites: ['op'], select: ['op/lrn/caffe/*'] });
    expect(summary.passed).toBe(0);
    expect(summary.failed).toBeGreaterThan(0);
  });

  it('that matches no check is an error', async () => {
    const backend = { ...broken, deviations: [{ ...deviation, tests: ['op/lrx/*'] }] };
    await expect(runConformance({ backend, suites: ['op'], select: ['op/lrn/*'] })).rejects.toMatchObject({
      code: 'invalid-input',
      where: 'option skips',
    });
  });
});

describe('a selection', () => {
  it('runs these checks and no others; a skip of one that is left out is no mistake', async () => {
    const { checks } = await runConformance({
      backend: broken,
      select: ['op/relu/*', 'behaviour/memory'],
      skips: [lrn],
    });
    expect(new Set(checks.map(({ id }) => id.split('/').slice(0, 2).join('/')))).toEqual(
      new Set(['op/relu', 'behaviour/memory']),
    );
  });

  it('asks the oracle for the images that it needs, and for nothing that the backend does not declare', async () => {
    const asked: string[] = [];
    const run = (select: readonly string[], precisions: readonly Precision[]) =>
      runConformance({
        backend: alteredBackend({ capabilities: { precisions } }),
        networks: [network],
        select,
        onProgress: (news) => news.stage === 'oracle' && asked.push(news.image),
      });
    await run(['network/small/two/fc8', 'network/small/one/fc8/q4'], ['f32']);
    expect(new Set(asked)).toEqual(new Set(['two']));
    await run(['network/small/one/fc8/q4'], ['f32', 'q4']);
    expect(new Set(asked)).toEqual(new Set(['two', 'one']));
  });

  it('that matches nothing is an error', async () => {
    const run = runConformance({ backend: broken, suites: ['behaviour'], select: ['op/relu/*'] });
    await expect(run).rejects.toMatchObject({ code: 'unknown-name', where: 'option select' });
  });
});

it('what is no backend is an error that says what is missing', async () => {
  const { compile: _compile, ...rest } = alteredBackend();
  const run = runConformance({ backend: rest as Backend });
  await expect(run).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('compile is undefined, not a function'),
  });
});

describe('a level', () => {
  it.each(['quick', 'standard'] as const)('%s says how many random cases there are', async (level) => {
    const { checks } = await runConformance({ backend: alteredBackend(), level, select: ['property/fuzz/relu'] });
    expect(checks[0]?.name).toContain(`${levels[level].randomCases} random`);
  });

  it('is a default: what is asked for goes first', async () => {
    const options = { backend: alteredBackend(), level: 'quick', properties: { runs: 3, seed: 7 } } as const;
    const { checks } = await runConformance({ ...options, suites: ['property'], select: ['property/fuzz/relu'] });
    expect(checks[0]?.name).toMatch(/3 random .* seed 7/);
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

it('progress counts to the total, and the time left to nothing', async () => {
  const seen: number[] = [];
  const seconds: number[] = [];
  await runConformance({
    backend: alteredBackend(),
    suites: ['behaviour'],
    onProgress(progress) {
      if (progress.stage === 'check') seen.push(progress.total - progress.done);
      seconds.push(progress.secondsLeft);
    },
  });
  expect(seen[0]).toBe(seen.length - 1);
  expect(seen.at(-1)).toBe(0);
  expect(seconds[0]).toBeGreaterThan(0);
  expect(seconds.at(-1)).toBe(0);
});
