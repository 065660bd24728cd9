import { type NodeBase, type OpDefinition, only } from './op.ts';

/** Inverted dropout (Srivastava et al. 2014): scaled while training, the identity at inference. */
export interface DropoutNode extends NodeBase {
  readonly op: 'dropout';
  readonly inputs: readonly [string];
  /** Probability with which a value is dropped while training, 0 <= rate < 1. */
  readonly rate: number;
}

export const dropout: OpDefinition<DropoutNode> = {
  op: 'dropout',
  parameters: () => [],

  infer(node, inputs, _parameters, fail) {
    if (!(node.rate >= 0 && node.rate < 1)) fail(`The rate ${node.rate} must be at least 0 and below 1`);
    return inputs.length === 1 ? only(inputs) : fail(`Needs one input, got ${inputs.length}`);
  },

  macs: () => 0,

  /** y = x */
  forward: (_node, args) => only(args.inputs).data.slice(),
};
