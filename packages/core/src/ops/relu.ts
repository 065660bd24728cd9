import { type NodeBase, type OpDefinition, only } from './op.ts';

/** Rectified linear unit. NaN stays NaN; -0 may become 0. */
export interface ReluNode extends NodeBase {
  readonly op: 'relu';
  readonly inputs: readonly [string];
}

export const relu: OpDefinition<ReluNode> = {
  op: 'relu',
  parameters: () => [],
  infer: (_node, inputs, _parameters, fail) =>
    inputs.length === 1 ? only(inputs) : fail(`Needs one input, got ${inputs.length}`),
  macs: () => 0,

  /** y = max(x, 0) */
  forward: (_node, args) => only(args.inputs).data.map((x) => (x < 0 ? 0 : x)),
};
