import { fails, verdict } from '../behaviour/expect.ts';
import type { CheckDefinition } from '../run/check.ts';
import { judgeCase, opNotDeclared } from './check.ts';
import { errorSamples } from './error-samples.ts';

/** One check per error sample: rejected with the code, and what is right works before and after. */
export const errorSampleChecks: readonly CheckDefinition[] = errorSamples.map(
  ({ id, op, code, what, why, graph, weights, input, valid }): CheckDefinition => ({
    id,
    suite: 'op',
    op,
    name: `${op}: ${what.charAt(0).toLowerCase()}${what.slice(1)} throws ${code}`,
    why,
    notDeclared: (capabilities) => opNotDeclared(op, capabilities),
    async run(backend, signal) {
      const compiled = input === undefined ? undefined : await backend.compile(graph, weights, { signal });
      try {
        const complaint = await fails(code, what, async () => {
          if (compiled !== undefined) return compiled.run({ x: input! }, { signal });
          const program = await backend.compile(graph, weights, { signal });
          await program[Symbol.asyncDispose]();
          return undefined;
        });
        if (complaint !== undefined) return verdict(complaint);
      } finally {
        await compiled?.[Symbol.asyncDispose]();
      }
      const { passed, reason } = await judgeCase(valid, backend, signal);
      return verdict(passed ? undefined : `After the error, what is right is wrong: ${reason}`);
    },
  }),
);
