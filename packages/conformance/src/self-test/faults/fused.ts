import type { NodeOf, Tensor } from '@alexnet/core';
import type { Alteration, Call } from '../altered-backend.ts';
import type { Fault } from './fault.ts';
import { spread } from './lrn.ts';

/*
 * Faults of kernels that compute several layers at once. A layer alone is right: its input comes from outside, so there is nothing to fuse with.
 */

/** The check of the network with every op that runs it as a whole. */
export const END_TO_END = 'network/every-op/noise/end-to-end';

/** `change` sees a node that reads the result of another node, with that. */
const fused = (change: (call: Call, before: Call) => Tensor | undefined): Alteration => {
  const seen = new Map<string, Call>();
  return {
    node(call) {
      const before = seen.get(call.node.inputs[0]);
      seen.set(call.node.name, call);
      return before === undefined ? undefined : change(call, before);
    },
    // a program that is run again has nothing to do with what ran before
    program: (program) => ({
      ...program,
      run(inputs, options) {
        seen.clear();
        return program.run(inputs, options);
      },
    }),
  };
};

const isSum = ({ node }: Call) => node.op === 'conv2d' || node.op === 'linear';

const rows: readonly { readonly id: string; readonly name: string; readonly alteration: Alteration }[] = [
  {
    id: 'network/bias-after-relu',
    name: 'the bias is added after the ReLU of the same kernel',
    alteration: fused((call, before) => {
      if (call.node.op !== 'relu' || !isSum(before)) return undefined;
      const { bias } = before.node as NodeOf<'linear'>;
      const values = before.weights.get(bias!)!.data;
      const plane = call.input.data.length / call.batch / values.length;
      const of = (i: number) => values[Math.floor(i / plane) % values.length]!;
      return {
        shape: [call.batch, ...call.output],
        data: Float32Array.from(call.input.data, (x, i) => Math.max(0, x - of(i)) + of(i)),
      };
    }),
  },
  {
    id: 'network/relu-missing',
    name: 'a ReLU that is fused into the layer before is left out',
    alteration: fused((call, before) =>
      call.node.op === 'relu' && isSum(before)
        ? { shape: [call.batch, ...call.output], data: Float32Array.from(call.input.data) }
        : undefined,
    ),
  },
  {
    id: 'network/norm-pool-swapped',
    name: 'pooling comes before the normalisation, as in CaffeNet',
    alteration: fused((call, before) => {
      if (call.node.op !== 'maxPool2d' || before.node.op !== 'lrn') return undefined;
      const pooled = call.evaluate({ input: before.input.data });
      const input = { shape: call.output, data: Float64Array.from(pooled.data) };
      return spread({ ...(before as Call<NodeOf<'lrn'>>), input, output: call.output });
    }),
  },
  {
    id: 'network/relu-norm-swapped',
    name: 'the ReLU comes before the batch norm',
    alteration: fused((call, before) => {
      if (call.node.op !== 'relu' || before.node.op !== 'batchNorm') return undefined;
      return before.evaluate({ input: before.input.data.map((x) => Math.max(0, x)) });
    }),
  },
];

export const fusedFaults: readonly Fault[] = rows.map((row) => ({ ...row, cause: row.id, caughtBy: END_TO_END }));
