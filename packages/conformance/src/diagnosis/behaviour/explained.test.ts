import { expect, it } from 'vitest';
import { findingsOf } from '../../report/findings.ts';
import { runConformance } from '../../run/run.ts';
import { alteredBackend } from '../../self-test/altered-backend.ts';
import { faults } from '../../self-test/faults/index.ts';

it('a wrong op is the cause of all that fails because of it, also in checks of the contract', async () => {
  const { alteration } = faults.find(({ cause }) => cause === 'lrn/alpha-not-divided')!;
  const { checks } = await runConformance({
    backend: alteredBackend(alteration),
    select: ['op/lrn/*', 'behaviour/*'],
  });
  const failed = checks.filter(({ status }) => status === 'failed');
  expect(failed.some(({ suite }) => suite === 'behaviour')).toBe(true);
  expect(findingsOf(checks).map(({ cause: { id } }) => id)).toEqual(
    expect.arrayContaining(['lrn/alpha-not-divided', 'behaviour/wrong-numbers']),
  );
  const others = failed.filter(
    ({ suite, diagnosis }) => suite === 'behaviour' && diagnosis?.cause?.id !== 'behaviour/wrong-numbers',
  );
  expect(others.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
});
