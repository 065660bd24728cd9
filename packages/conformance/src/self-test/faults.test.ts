import { beforeAll, describe, expect, it } from 'vitest';
import { runConformance } from '../run/run.ts';
import { alteredBackend } from './altered-backend.ts';
import { expectedCause } from './faults/fault.ts';
import { faults } from './faults/index.ts';
import { runSelfTest, type SelfTestReport, selfTestPassed } from './run-self-test.ts';

describe('a backend with a fault', () => {
  let report: SelfTestReport;
  beforeAll(async () => {
    report = await runSelfTest({ cases: 0 });
  }, 120_000);

  it.each(faults)('$id is caught by $caughtBy, named, and blamed on its layer: $name', (fault) => {
    const entry = report.entries.find(({ id }) => id === fault.id);
    const named = { cause: { id: expectedCause(fault) }, named: true };
    expect(entry).toMatchObject({ caught: true, caughtBy: fault.caughtBy, ...named, rightLayer: true });
  });

  it('counts as found: there are more than 230, each with its own id', () => {
    expect(faults.length).toBeGreaterThan(230);
    expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
    expect(selfTestPassed(report)).toBe(true);
  });
});

describe('the self-test fails when', () => {
  const [fault] = faults;
  it('a fault is missed', async () => {
    const report = await runSelfTest({ cases: 0, faults: [{ ...fault!, alteration: {} }] });
    expect(report).toMatchObject({ faults: 1, caught: 0, named: 0, rightLayer: 0 });
    expect(selfTestPassed(report)).toBe(false);
  });

  it('a fault is named as another', async () => {
    const report = await runSelfTest({ cases: 0, faults: [{ ...fault!, cause: 'conv2d/bias-dropped' }] });
    expect(report).toMatchObject({ caught: 1, named: 0, rightLayer: 1 });
    expect(selfTestPassed(report)).toBe(false);
  });
});

it('stops when asked to', async () => {
  const stop = new AbortController();
  const running = runSelfTest({ cases: 0, signal: stop.signal, onProgress: () => stop.abort() });
  await expect(running).rejects.toMatchObject({ code: 'aborted' });
});

it('a backend without a fault passes everything, and nothing is skipped', async () => {
  const { summary } = await runConformance({ backend: alteredBackend({ inexact: true }) });
  expect(summary).toMatchObject({ failed: 0, skipped: [] });
  expect(summary.passed).toBeGreaterThan(300);
}, 60_000);
