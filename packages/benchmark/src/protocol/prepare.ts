import { throwIfAborted } from '@alexnet/core';
import type { Measurement, MemoryRecord } from '../records.ts';
import { disagreement } from './gate.ts';
import { phaseRecord } from './measure.ts';
import { messageOf, type Runner, recordedAs, release, signalOf, timed } from './runner.ts';
import { type Candidate, expectedOf, precisionOf, type Workload } from './workload.ts';

export interface PrepareOptions {
  readonly now: () => number;
  /** When the gate has taken as long, samples that are left are not checked. */
  readonly limitMs: number;
  readonly readMemory?: () => number;
  readonly signal?: AbortSignal;
}

export type Prepared =
  | {
      readonly runner: Runner;
      readonly measurements: readonly Measurement[];
      readonly memory: MemoryRecord;
      /** How many samples the gate saw: all, or as many as a slow candidate had time for. */
      readonly checked: number;
    }
  | { readonly reason: string }
  /** The backend does not declare the candidate's precision, so there is nothing to time. */
  | { readonly undeclared: true };

/**
 * Creates, compiles, runs once, each timed apart, and checks the output of every sample, or of as many as there is time for, at least one.
 * Returns a runner, which the caller releases, or why there is none. Errors: `aborted`.
 */
export async function prepare(candidate: Candidate, workload: Workload, options: PrepareOptions): Promise<Prepared> {
  const { variant, graph, weights, samples, calibration } = workload;
  const precision = precisionOf(candidate);
  const expected = expectedOf(workload, candidate);
  const { now, limitMs, readMemory } = options;
  const signal = signalOf(options.signal);
  const bytesBefore = readMemory?.();
  const made: AsyncDisposable[] = [];
  try {
    const [backend, loadMs] = await timed(now, () => candidate.create());
    made.unshift(backend);
    if (!backend.capabilities.precisions.includes(precision)) {
      await release(made);
      return { undeclared: true };
    }
    const compileOptions = {
      outputs: ['prob'],
      ...(precision === 'f32' ? {} : { precision }), // f32 is what a backend does without being told
      ...(precision === 'int8' && calibration !== undefined ? { calibration } : {}),
      ...signal,
    };
    const [program, compileMs] = await timed(now, () => backend.compile(graph, weights, compileOptions));
    made.unshift(program);
    const start = now();
    const [first, firstMs] = await timed(now, () => program.run({ input: samples[0]! }, signal));
    let checked = 0;
    for (const [index, input] of samples.entries()) {
      if (index > 0 && now() - start > limitMs) break;
      const { prob } = index === 0 ? first : await program.run({ input }, signal);
      checked++;
      const reason = disagreement(prob, [expected[index]!], precision);
      if (reason !== undefined) throw new Error(`does not conform: ${reason.replace('sample 0', `sample ${index}`)}`);
    }
    const [delivery] = candidate.kind === 'ours' ? (workload.deliveries ?? []) : []; // peers take no sources
    const arriving: Measurement[] = [];
    const runner = { candidate, backend, program };
    if (delivery !== undefined) {
      const [, ms] = await timed(now, async () => {
        await using source = await delivery.open();
        made.unshift(await backend.compile(graph, source, compileOptions));
      });
      await made.shift()?.[Symbol.asyncDispose]();
      arriving.push(phaseRecord(runner, variant, 'arriving', ms));
    }
    const { hostBytes, deviceBytes } = program.memory();
    return {
      runner,
      checked,
      measurements: [
        phaseRecord(runner, variant, 'load', loadMs),
        phaseRecord(runner, variant, 'compile', compileMs),
        ...arriving,
        phaseRecord(runner, variant, 'first-run', firstMs),
      ],
      memory: {
        ...recordedAs(candidate),
        variant,
        programBytes: hostBytes + deviceBytes,
        deviceBytes,
        ...(bytesBefore === undefined ? {} : { processBytes: readMemory!() - bytesBefore }),
      },
    };
  } catch (error) {
    await release(made);
    throwIfAborted(options.signal, 'benchmark');
    return { reason: messageOf(error) };
  }
}
