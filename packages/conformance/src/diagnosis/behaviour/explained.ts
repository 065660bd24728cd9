import type { CheckDefinition } from '../../check.ts';
import { causeOfCheck } from './by-check.ts';
import { causeOfRuns } from './diagnose.ts';
import { observe } from './record.ts';

/** A behaviour check that also says why it failed. What is thrown is told by its message. */
export function explained(check: CheckDefinition): CheckDefinition {
  return {
    ...check,
    async run(backend, signal) {
      const observed = observe(backend);
      const diagnosis = () => ({
        cause: causeOfRuns(observed.runs) ?? causeOfCheck(check.id, check.name),
        alternatives: [],
      });
      try {
        const verdict = await check.run(observed.backend, signal);
        return verdict.passed ? verdict : { ...verdict, diagnosis: diagnosis() };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { passed: false, reason: `Threw ${message}`, diagnosis: diagnosis() };
      }
    },
  };
}
