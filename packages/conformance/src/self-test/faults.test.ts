import { describe, expect, it } from 'vitest';
import { behaviourChecks } from '../behaviour/index.ts';
import { opChecks } from '../ops/check.ts';
import { runConformance } from '../run.ts';
import { runCheck } from '../run-check.ts';
import { alteredBackend } from './altered-backend.ts';
import { faults } from './faults/index.ts';

const checks = new Map([...opChecks, ...behaviourChecks].map((check) => [check.id, check]));
const options = { skips: () => undefined, timeLimitMs: 10_000, signal: undefined, giveUp: false };

describe('a backend with a fault fails', () => {
  it.each(faults)('$caughtBy: $name', async ({ caughtBy, alteration }) => {
    const { check } = await runCheck(checks.get(caughtBy)!, { ...options, backend: alteredBackend(alteration) });
    expect(check.status).toBe('failed');
    expect(check.reason).toBeTruthy();
  });
});

it('a backend without a fault passes everything, and nothing is skipped', async () => {
  const { summary } = await runConformance({ backend: alteredBackend() });
  expect(summary).toEqual({ passed: checks.size, failed: 0, skipped: [] });
});
