import { throwIfAborted } from '@alexnet/core';
import { disagreement } from './gate.ts';
import { phaseRecord } from './measure.ts';
import type { Measurement, MemoryRecord } from './records.ts';
import { messageOf, type Runner, release, signalOf, timed } from './runner.ts';
import type { Candidate, Workload } from './workload.ts';

export interface PrepareOptions {
  readonly now: () => number;
  readonly readMemory?: () => number;
  readonly signal?: AbortSignal;
}

export type Prepared =
  | { readonly runner: Runner; readonly measurements: readonly Measurement[]; readonly memory: MemoryRecord }
  | { readonly reason: string };

/**
 * Creates, compiles, runs once, each timed apart, and checks the output of every sample.
 * Returns a runner, which the caller releases, or why there is none. Errors: `aborted`.
 */
export async function prepare(candidate: Candidate, workload: Workload, options: PrepareOptions): Promise<Prepared> {
  const { variant, graph, weights, samples, expected } = workload;
  const { now, readMemory } = options;
  const signal = signalOf(options.signal);
  const bytesBefore = readMemory?.();
  const made: AsyncDisposable[] = [];
  try {
    const [backend, loadMs] = await timed(now, () => candidate.create());
    made.unshift(backend);
    const [program, compileMs] = await timed(now, () =>
      backend.compile(graph, weights, { outputs: ['prob'], ...signal }),
    );
    made.unshift(program);
    const [, firstMs] = await timed(now, () => program.run({ input: samples[0]! }, signal));
    for (const [index, input] of samples.entries()) {
      const { prob } = await program.run({ input }, signal);
      const reason = disagreement(prob, [expected[index]!]);
      if (reason !== undefined) throw new Error(`does not conform: ${reason.replace('sample 0', `sample ${index}`)}`);
    }
    const runner = { candidate, backend, program };
    const { hostBytes, deviceBytes } = program.memory();
    return {
      runner,
      measurements: [
        phaseRecord(runner, variant, 'load', loadMs),
        phaseRecord(runner, variant, 'compile', compileMs),
        phaseRecord(runner, variant, 'first-run', firstMs),
      ],
      memory: {
        candidate: candidate.id,
        variant,
        programBytes: hostBytes + deviceBytes,
        ...(bytesBefore === undefined ? {} : { processBytes: readMemory!() - bytesBefore }),
      },
    };
  } catch (error) {
    await release(made);
    throwIfAborted(options.signal, 'benchmark');
    return { reason: messageOf(error) };
  }
}
