import { sizeOf } from '../tensor.ts';
import { type NodeBase, type OpDefinition, only } from './op.ts';

/** CxHxW to C*H*W features in CHW order, the order of Caffe, ONNX and PyTorch. */
export interface FlattenNode extends NodeBase {
  readonly op: 'flatten';
  readonly inputs: readonly [string];
}

export const flatten: OpDefinition<FlattenNode> = {
  op: 'flatten',
  parameters: () => [],
  infer: (_node, inputs, _parameters, fail) =>
    inputs.length === 1 ? [sizeOf(only(inputs))] : fail(`Needs one input, got ${inputs.length}`),
  macs: () => 0,

  /** y[(c*H + i)*W + j] = x[c, i, j] */
  forward: (_node, args) => only(args.inputs).data.slice(),
};
