import type { Graph, Program, Tensor, TensorMap } from '@alexnet/core';
import { type Fault, result } from './fault.ts';

/** A program whose run is another. */
export const running =
  (run: (program: Program, inputs: TensorMap) => Promise<TensorMap>) =>
  (program: Program): Program => ({ ...program, run: (inputs) => run(program, inputs) });

let noise = 0;
export const contractFaults: readonly Fault[] = [
  {
    id: 'behaviour/nondeterministic',
    name: 'the order of additions changes from run to run',
    cause: 'behaviour/nondeterministic',
    caughtBy: 'behaviour/repeatable',
    alteration: {
      node: ({ node, evaluate }) =>
        node.op === 'linear' ? result(evaluate(), (value) => value * (1 + (noise++ % 3) * 2 ** -23)) : undefined,
    },
  },
  {
    id: 'behaviour/adds-to-previous',
    name: 'a run adds to what the run before left',
    cause: 'behaviour/stale-buffer',
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
    id: 'behaviour/previous-result',
    name: 'a run returns the result of the run before',
    cause: 'behaviour/stale-result',
    caughtBy: 'behaviour/stale-buffers',
    alteration: {
      program: (program) => {
        let before: TensorMap | undefined;
        return {
          ...program,
          run: async (inputs) => {
            const outputs = await program.run(inputs);
            const stale = before ?? outputs;
            before = outputs;
            return stale;
          },
        };
      },
    },
  },
  {
    id: 'behaviour/race',
    name: 'two threads write one element, now and then the wrong one last',
    cause: 'behaviour/race',
    caughtBy: 'behaviour/repeatable',
    alteration: {
      program: (program) => {
        let runs = 0;
        return {
          ...program,
          run: async (inputs) => {
            const outputs = await program.run(inputs);
            runs++;
            const raced =
              runs % 3 === 0
                ? result(outputs['prob']!, (p, i) => (i === 4 ? outputs['prob']!.data[3]! : p))
                : outputs['prob']!;
            return { ...outputs, prob: raced };
          },
        };
      },
    },
  },
  {
    id: 'behaviour/weights-of-other-program',
    name: 'weights are cached by the name of the graph',
    cause: 'behaviour/weights-of-other-program',
    caughtBy: 'behaviour/two-programs',
    alteration: {
      program: (() => {
        const first = new Map<string, Program>();
        return (program: Program, graph: Graph) => {
          const cached = first.get(graph.name) ?? program;
          first.set(graph.name, cached);
          return { ...program, run: (inputs) => cached.run(inputs) };
        };
      })(),
      unchecked: ['disposed'],
    },
  },
  {
    id: 'behaviour/nan-stays',
    name: 'NaN stays in a buffer',
    cause: 'behaviour/nan-stays',
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
    id: 'behaviour/buffers-of-first-batch',
    name: 'buffers keep the size of the first batch',
    cause: 'behaviour/buffers-of-first-batch',
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
    id: 'behaviour/samples-mixed',
    name: 'samples of a batch come out in reverse',
    cause: 'behaviour/samples-mixed',
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
    id: 'behaviour/shared-buffer',
    name: 'overlapping runs share one input buffer',
    cause: 'behaviour/shared-buffer',
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
    id: 'behaviour/aliased-output',
    name: 'results are views of one buffer',
    cause: 'behaviour/aliased-output',
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
    id: 'behaviour/input-overwritten',
    name: 'a run works in place on its input',
    cause: 'behaviour/input-overwritten',
    caughtBy: 'behaviour/inputs-stay',
    alteration: {
      program: running(async (program, inputs) => {
        const outputs = await program.run(inputs);
        inputs['input']!.data.fill(0);
        return outputs;
      }),
    },
  },
];
