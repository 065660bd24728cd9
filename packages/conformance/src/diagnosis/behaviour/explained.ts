import type { Backend } from '@alexnet/core';
import { close, isAboutValues } from '../../behaviour/expect.ts';
import { graph, images, oracle, weights } from '../../behaviour/subject.ts';
import type { CheckDefinition } from '../../run/check.ts';
import { causeOfCheck } from './by-check.ts';
import { causes } from './causes.ts';
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
        if (verdict.passed) return verdict;
        const wrongAlways = isAboutValues(verdict.reason) && (await isWrongInAPlainRun(backend));
        return {
          ...verdict,
          diagnosis: wrongAlways ? { cause: causes.wrongNumbers, alternatives: [] } : diagnosis(),
        };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { passed: false, reason: `Threw ${message}`, diagnosis: diagnosis() };
      }
    },
  };
}

/** One image in a new program: nothing of the contract is strained. A backend that fails even there is wrong in another way. */
async function isWrongInAPlainRun(backend: Backend): Promise<boolean> {
  const input = images(1, 'plain');
  try {
    const program = await backend.compile(graph, weights);
    const outputs = await program.run({ input });
    await program[Symbol.asyncDispose]();
    return close('The plain run', outputs['prob'], oracle(input)['prob']) !== undefined;
  } catch {
    return false; // what is thrown is no matter of numbers
  }
}
