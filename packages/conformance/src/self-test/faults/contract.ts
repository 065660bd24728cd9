import type { Program, Tensor, TensorMap } from '@alexnet/core';
import { type Fault, result } from './fault.ts';

/** A program whose run is another. */
const running =
  (run: (program: Program, inputs: TensorMap) => Promise<TensorMap>) =>
  (program: Program): Program => ({ ...program, run: (inputs) => run(program, inputs) });

let noise = 0;
export const contractFaults: readonly Fault[] = [
  {
    name: 'the order of additions changes from run to run',
    caughtBy: 'behaviour/repeatable',
    alteration: {
      node: ({ node, evaluate }) =>
        node.op === 'linear' ? result(evaluate(), (value) => value * (1 + (noise++ % 3) * 2 ** -23)) : undefined,
    },
  },
  {
    name: 'a run adds to what the run before left',
    caughtBy: 'behaviour/stale-buffers',
    alteration: {
      program: (program) => {
        let before: Float32Array | undefined;
        return {
          ...program,
          run: async (inputs) => {
            const outputs = await program.run(inputs);
            const stale = before;
            before = outputs['prob']!.data;
            return { ...outputs, prob: result(outputs['prob']!, (value, i) => value + 0.01 * (stale?.[i] ?? 0)) };
          },
        };
      },
    },
  },
  {
    name: 'NaN stays in a buffer',
    caughtBy: 'behaviour/poisoned-buffers',
    alteration: {
      program: (program) => {
        let poisoned = false;
        return {
          ...program,
          run: async (inputs) => {
            const outputs = await program.run(inputs);
            poisoned ||= outputs['prob']?.data.some(Number.isNaN) ?? false;
            return poisoned ? { prob: result(outputs['prob']!, () => Number.NaN) } : outputs;
          },
        };
      },
    },
  },
  {
    name: 'buffers keep the size of the first batch',
    caughtBy: 'behaviour/batch-sizes',
    alteration: {
      program: (program) => {
        let size: number | undefined;
        return {
          ...program,
          run: async (inputs) => {
            const { prob } = (await program.run(inputs)) as { prob: Tensor };
            size ??= prob.data.length;
            return {
              prob: { shape: prob.shape, data: Float32Array.from(prob.data, (value, i) => (i < size! ? value : 0)) },
            };
          },
        };
      },
    },
  },
  {
    name: 'samples of a batch come out in reverse',
    caughtBy: 'behaviour/batch-sizes',
    alteration: {
      program: running(async (program, inputs) => {
        const { prob } = (await program.run(inputs)) as { prob: Tensor };
        const [batch, classes] = prob.shape as [number, number];
        return {
          prob: result(prob, (_, i) => prob.data[(batch - 1 - Math.floor(i / classes)) * classes + (i % classes)]!),
        };
      }),
    },
  },
  {
    name: 'overlapping runs share one input buffer',
    caughtBy: 'behaviour/overlapping-runs',
    alteration: {
      program: (program) => {
        let latest: TensorMap = {};
        return {
          ...program,
          run: async (inputs) => {
            latest = inputs;
            await Promise.resolve();
            return program.run(latest);
          },
        };
      },
    },
  },
  {
    name: 'results are views of one buffer',
    caughtBy: 'behaviour/results-stay',
    alteration: {
      program: (program) => {
        const buffer = new Float32Array(1000);
        return {
          ...program,
          run: async (inputs) => {
            const { prob } = (await program.run(inputs)) as { prob: Tensor };
            buffer.set(prob.data);
            return { prob: { shape: prob.shape, data: buffer.subarray(0, prob.data.length) } };
          },
        };
      },
    },
  },
  {
    name: 'a run works in place on its input',
    caughtBy: 'behaviour/inputs-stay',
    alteration: {
      program: running(async (program, inputs) => {
        const outputs = await program.run(inputs);
        inputs['input']!.data.fill(0);
        return outputs;
      }),
    },
  },
  {
    name: 'inner values are returned too',
    caughtBy: 'behaviour/default-outputs',
    alteration: { program: running(async (program, inputs) => ({ ...(await program.run(inputs)), ...inputs })) },
  },
  {
    name: 'an output that is not there comes back empty',
    caughtBy: 'behaviour/chosen-outputs',
    alteration: {
      program: running(async (program, inputs) => ({
        ...(await program.run(inputs)),
        dropout3: { shape: [0], data: new Float32Array() },
      })),
    },
  },
  {
    name: 'tensors are read from the start of their buffer',
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
    name: 'memory use is unknown',
    caughtBy: 'behaviour/memory',
    alteration: { program: (program) => ({ ...program, memory: () => ({ hostBytes: Number.NaN, deviceBytes: 0 }) }) },
  },
  {
    name: 'the profile names nodes that do not exist',
    caughtBy: 'behaviour/profile',
    alteration: {
      capabilities: { profiling: true },
      program: (program) => ({ ...program, profile: async () => [{ nodes: 'conv1+gemm_7', ms: 1 }] }),
    },
  },
  {
    name: 'a profile that is not declared is made up',
    caughtBy: 'behaviour/profile',
    alteration: { program: (program) => ({ ...program, profile: async () => [{ nodes: 'conv1', ms: 1 }] }) },
  },
  {
    name: 'a program can be disposed once only',
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
  ...(
    [
      ['inputs', 'errors/missing-input'],
      ['inputs', 'errors/wrong-input-shape'],
      ['inputs', 'errors/no-batch'],
      ['inputs', 'errors/empty-batch'],
      ['inputs', 'errors/short-input'],
      ['outputs', 'errors/unknown-output'],
      ['weights', 'errors/missing-weights'],
      ['weights', 'errors/wrong-weight-shape'],
      ['weights', 'errors/short-weight'],
      ['graph', 'errors/invalid-graph'],
      ['signal', 'errors/compile-aborted'],
      ['signal', 'errors/run-aborted'],
      ['disposed', 'errors/run-after-dispose'],
      ['precision', 'errors/undeclared-precision'],
    ] as const
  ).map(
    ([what, slug]): Fault => ({
      name: `${what} are not checked (${slug.slice(7)})`,
      caughtBy: `behaviour/${slug}`,
      alteration: { unchecked: [what] },
    }),
  ),
  {
    name: 'an op that is not declared is computed nevertheless',
    caughtBy: 'behaviour/errors/undeclared-op',
    alteration: { capabilities: { ops: ['conv2d', 'linear'] } },
  },
];
