import { running } from './contract.ts';
import type { Fault } from './fault.ts';

/** Outputs, views, memory, profiles, disposal: what the contract says beside the numbers. */
export const promiseFaults: readonly Fault[] = [
  {
    id: 'behaviour/inner-values-returned',
    name: 'inner values are returned too',
    cause: 'behaviour/default-outputs',
    caughtBy: 'behaviour/default-outputs',
    alteration: { program: running(async (program, inputs) => ({ ...(await program.run(inputs)), ...inputs })) },
  },
  {
    id: 'behaviour/empty-output',
    name: 'an output that is not there comes back empty',
    cause: 'behaviour/chosen-outputs',
    caughtBy: 'behaviour/chosen-outputs',
    alteration: {
      program: running(async (program, inputs) => ({
        ...(await program.run(inputs)),
        dropout3: { shape: [0], data: new Float32Array() },
      })),
    },
  },
  {
    id: 'behaviour/views-ignored',
    name: 'tensors are read from the start of their buffer',
    cause: 'behaviour/views',
    caughtBy: 'behaviour/views',
    alteration: {
      program: running((program, inputs) =>
        program.run(
          Object.fromEntries(
            Object.entries(inputs).map(([name, { shape, data }]) => [
              name,
              { shape, data: new Float32Array(data.buffer, 0, data.length) },
            ]),
          ),
        ),
      ),
    },
  },
  {
    id: 'behaviour/memory-unknown',
    name: 'memory use is unknown',
    cause: 'behaviour/memory',
    caughtBy: 'behaviour/memory',
    alteration: { program: (program) => ({ ...program, memory: () => ({ hostBytes: Number.NaN, deviceBytes: 0 }) }) },
  },
  {
    id: 'behaviour/profile-of-unknown-nodes',
    name: 'the profile names nodes that do not exist',
    cause: 'behaviour/profile',
    caughtBy: 'behaviour/profile',
    alteration: {
      capabilities: { profiling: true },
      program: (program) => ({ ...program, profile: async () => [{ nodes: 'conv1+gemm_7', ms: 1 }] }),
    },
  },
  {
    id: 'behaviour/profile-not-declared',
    name: 'a profile that is not declared is made up',
    cause: 'behaviour/profile',
    caughtBy: 'behaviour/profile',
    alteration: { program: (program) => ({ ...program, profile: async () => [{ nodes: 'conv1', ms: 1 }] }) },
  },
  {
    id: 'behaviour/dispose-twice',
    name: 'a program can be disposed once only',
    cause: 'behaviour/dispose-twice',
    caughtBy: 'behaviour/dispose-twice',
    alteration: {
      program: (program) => {
        let disposed = false;
        return {
          ...program,
          async [Symbol.asyncDispose]() {
            if (disposed) throw new Error('double free');
            disposed = true;
          },
        };
      },
    },
  },
];
