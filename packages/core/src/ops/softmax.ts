import { type NodeBase, type OpDefinition, only } from './op.ts';

/** Softmax over the features of a flat value. */
export interface SoftmaxNode extends NodeBase {
  readonly op: 'softmax';
  readonly inputs: readonly [string];
}

export const softmax: OpDefinition<SoftmaxNode> = {
  op: 'softmax',
  parameters: () => [],

  infer(_node, inputs, _parameters, fail) {
    const shape = inputs[0];
    if (inputs.length !== 1 || shape?.length !== 1)
      return fail(`Needs one flat input, got ${inputs.map((s) => s.join('x')).join(', ') || 'none'}`);
    return shape;
  },

  macs: () => 0,

  /** y[i] = exp(x[i] - max x) / sum over j of exp(x[j] - max x) */
  forward(_node, args) {
    const features = args.output[0]!;
    const x = only(args.inputs).data;
    const y = new Float64Array(x.length);
    for (let at = 0; at < x.length; at += features) {
      let max = Number.NEGATIVE_INFINITY;
      for (let i = at; i < at + features; i++) max = Math.max(max, x[i]!);
      let sum = 0;
      for (let i = at; i < at + features; i++) sum += y[i] = Math.exp(x[i]! - max);
      for (let i = at; i < at + features; i++) y[i]! /= sum;
    }
    return y;
  },
};
