import type { Backend } from '@alexnet/core';
import { close, isAboutErrors, isAboutValues } from '../../behaviour/expect.ts';
import { graph, images, oracle, weights } from '../../behaviour/subject.ts';
import type { Verdict } from '../../numerics/compare.ts';
import type { CheckDefinition } from '../../run/check.ts';
import type { Cause } from '../diagnosis.ts';
import { causeOfCheck } from './by-check.ts';
import { causes } from './causes.ts';
import { causeOfRuns } from './diagnose.ts';
import { observe, type RecordedRun } from './record.ts';

/** A behaviour check that also says why it failed. What is thrown is told by its message. */
export function explained(check: CheckDefinition): CheckDefinition {
  return {
    ...check,
    async run(backend, signal) {
      const observed = observe(backend);
      const failed = async (verdict: Verdict): Promise<Verdict> => ({
        ...verdict,
        diagnosis: { cause: await causeOf(check, verdict, backend, observed.runs), alternatives: [] },
      });
      try {
        const verdict = await check.run(observed.backend, signal);
        return verdict.passed ? verdict : await failed(verdict);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return failed({ passed: false, reason: `Threw ${message}` });
      }
    },
  };
}

/** What fails in every run comes first, then what the runs show, then what the check stands for. */
async function causeOf(
  { id, name }: CheckDefinition,
  { reason }: Verdict,
  backend: Backend,
  runs: readonly RecordedRun[],
): Promise<Cause> {
  const plain = isAboutErrors(reason) ? 'right' : await plainRun(backend);
  if (plain === 'fails') return causes.noPlainRun;
  if (plain === 'wrong' && isAboutValues(reason)) return causes.wrongNumbers;
  return causeOfRuns(id, runs) ?? causeOfCheck(id, name);
}

/** One image in a new program: nothing of the contract is strained. A backend that fails even there is wrong in another way. */
async function plainRun(backend: Backend): Promise<'right' | 'wrong' | 'fails'> {
  const input = images(1, 'plain');
  try {
    const program = await backend.compile(graph, weights);
    const outputs = await program.run({ input });
    const complaint = close('The plain run', outputs['prob'], oracle(input)['prob']);
    await program[Symbol.asyncDispose]();
    return complaint === undefined ? 'right' : isAboutValues(complaint) ? 'wrong' : 'fails';
  } catch {
    return 'fails';
  }
}
