import { AlexNetError, type MemoryUse, type Program, type TensorMap } from '@alexnet/core';
import { type Fault, result } from './fault.ts';

/** Memory use that is larger each time it is asked for. */
const growing = (): (() => MemoryUse) => {
  let asked = 0;
  return () => ({ hostBytes: 1000 * ++asked, deviceBytes: 0 });
};

/** Runs of programs, of which something is remembered. */
const remembering =
  <S>(fresh: () => S, run: (program: Program, inputs: TensorMap, state: S) => Promise<TensorMap>) =>
  (program: Program): Program => {
    const state = fresh();
    return { ...program, run: (inputs) => run(program, inputs, state) };
  };

let programs = 0;

/** Broken promises about memory, about what ends in the middle, and about whose data is whose. */
export const lifetimeFaults: readonly Fault[] = [
  {
    id: 'behaviour/programs-leak',
    name: 'programs that were disposed stay in memory',
    caughtBy: 'behaviour/leaks/programs',
    alteration: { testing: { memory: growing() } },
  },
  {
    id: 'behaviour/memory-after-dispose',
    name: 'a disposed program tells the memory that it held',
    caughtBy: 'behaviour/leaks/programs',
    alteration: { program: (program) => ({ ...program, memory: () => ({ hostBytes: 1000, deviceBytes: 0 }) }) },
  },
  {
    id: 'behaviour/runs-leak',
    name: 'each run leaves a buffer behind',
    caughtBy: 'behaviour/leaks/runs',
    alteration: {
      program: (program) => {
        let runs = 0;
        return {
          ...program,
          run: (inputs, options) => {
            runs++;
            return program.run(inputs, options);
          },
          memory: () => ({ hostBytes: 1000 * runs, deviceBytes: 0 }),
        };
      },
    },
  },
  {
    id: 'behaviour/failures-leak',
    name: 'what was made before an error stays in memory',
    caughtBy: 'behaviour/leaks/failures',
    alteration: { testing: { memory: growing() } },
  },
  {
    id: 'behaviour/dispose-breaks-runs',
    name: 'a run reads what dispose has freed',
    caughtBy: 'behaviour/dispose-while-running',
    alteration: {
      program: (program) => {
        let freed = false;
        return {
          ...program,
          async run(inputs, options) {
            const outputs = await program.run(inputs, options);
            if (freed) throw new TypeError('Cannot read properties of null');
            return outputs;
          },
          async [Symbol.asyncDispose]() {
            freed = true;
            await program[Symbol.asyncDispose]();
          },
        };
      },
    },
  },
  {
    id: 'behaviour/signal-of-run-seen-once',
    name: 'a run looks at its signal before it starts, and never again',
    caughtBy: 'behaviour/abort-while-running',
    alteration: {
      program: (program) => ({
        ...program,
        run: (inputs, { signal } = {}) => program.run(inputs, signal?.aborted ? { signal } : {}),
      }),
    },
  },
  {
    id: 'behaviour/aborted-for-ever',
    name: 'a program whose run was cancelled stays cancelled',
    caughtBy: 'behaviour/abort-while-running',
    alteration: {
      program: (program) => {
        let cancelled: AbortSignal | undefined;
        return {
          ...program,
          run: (inputs, options) => {
            cancelled ??= options?.signal;
            return program.run(inputs, cancelled === undefined ? {} : { signal: cancelled });
          },
        };
      },
    },
  },
  {
    id: 'behaviour/signal-of-compile-ignored',
    name: 'a compilation goes on after it was cancelled',
    caughtBy: 'behaviour/abort-while-compiling',
    alteration: { unchecked: ['signal'] },
  },
  {
    id: 'behaviour/lost-device-ignored',
    name: 'a lost device gives results as if nothing had happened',
    caughtBy: 'behaviour/lost-device',
    alteration: { testing: { async loseDevice() {} } },
  },
  {
    id: 'behaviour/lost-device-untyped',
    name: 'a lost device gives an error without its code',
    caughtBy: 'behaviour/lost-device',
    alteration: {
      program: (program) => ({
        ...program,
        run: (inputs, options) =>
          program.run(inputs, options).catch((error: unknown) => {
            const lost = error instanceof AlexNetError && error.code === 'device-lost';
            throw lost ? new Error('GPUBuffer is destroyed') : error;
          }),
      }),
    },
  },
  {
    id: 'behaviour/outputs-aliased',
    name: 'values that are the same inside come out as one array',
    caughtBy: 'behaviour/outputs-own',
    alteration: {
      program: (program) => ({
        ...program,
        async run(inputs, options) {
          const outputs = await program.run(inputs, options);
          const { relu3, dropout3 } = outputs;
          return relu3 && dropout3 ? { ...outputs, dropout3: { ...dropout3, data: relu3.data } } : outputs;
        },
      }),
    },
  },
  {
    id: 'behaviour/input-returned',
    name: 'an input that is an output is the array of the caller',
    caughtBy: 'behaviour/outputs-own',
    alteration: {
      program: (program) => ({
        ...program,
        async run(inputs, options) {
          const outputs = await program.run(inputs, options);
          return outputs['input'] === undefined ? outputs : { ...outputs, input: inputs['input']! };
        },
      }),
    },
  },
  {
    id: 'behaviour/bits-of-other-batch',
    name: 'how sums are split depends on the batch of the run before',
    caughtBy: 'behaviour/repeatable/after-other-batches',
    cause: 'behaviour/nondeterministic',
    alteration: {
      program: remembering(
        () => ({ before: 2 }),
        async (program, inputs, state) => {
          const { prob, ...others } = await program.run(inputs);
          const other = state.before !== 2;
          state.before = inputs['input']!.shape[0]!;
          return {
            ...others,
            ...(prob && { prob: result(prob, (value) => (other ? value * (1 + 2 ** -23) : value)) }),
          };
        },
      ),
    },
  },
  {
    id: 'behaviour/bits-of-other-program',
    name: 'each program is tuned anew, and adds up in another order',
    caughtBy: 'behaviour/repeatable/second-program',
    alteration: {
      program: (program) => {
        const factor = 1 + (programs++ % 2) * 2 ** -23;
        return {
          ...program,
          async run(inputs, options) {
            const { prob, ...others } = await program.run(inputs, options);
            return { ...others, ...(prob && { prob: result(prob, (value) => value * factor) }) };
          },
        };
      },
    },
  },
];
