import { type NodeBase, only } from '../ops/op.ts';
import { sizeOf } from '../tensor.ts';
import type { GradientOp } from './gradient-op.ts';

/** An L2 penalty as Keras adds it to the loss: factor * sum of w^2. */
export interface L2PenaltyNode extends NodeBase {
  readonly op: 'l2Penalty';
  readonly inputs: readonly [];
  readonly parameter: string;
  readonly factor: number;
}

export const l2Penalty: GradientOp<L2PenaltyNode> = {
  op: 'l2Penalty',
  overBatch: true,
  parameters: (node) => [node.parameter],
  infer: () => [],
  macs: () => 0,
  forward(node, args) {
    const { data } = args.parameter(node.parameter);
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += data[i]! ** 2;
    return Float64Array.of(node.factor * sum);
  },
  accumulation: {
    terms: (node, args) => sizeOf(args.parameter(node.parameter).shape),
    magnitude: (node, args) => l2Penalty.forward(node, args),
  },
};

/** A parameter's gradient with that of its L2 penalty: g + 2 * factor * w. Reads `[g]`. */
export interface L2GradientNode extends NodeBase {
  readonly op: 'l2Gradient';
  readonly inputs: readonly [g: string];
  readonly parameter: string;
  readonly factor: number;
}

export const l2Gradient: GradientOp<L2GradientNode> = {
  op: 'l2Gradient',
  overBatch: true,
  parameters: (node) => [node.parameter],
  infer: (_node, inputs) => only(inputs),
  macs: () => 0,
  forward(node, args) {
    const w = args.parameter(node.parameter).data;
    return only(args.inputs).data.map((g, i) => g + 2 * node.factor * w[i]!);
  },
  accumulation: {
    terms: () => 2,
    magnitude(node, args) {
      const w = args.parameter(node.parameter).data;
      return only(args.inputs).data.map((g, i) => Math.abs(g) + Math.abs(2 * node.factor * w[i]!));
    },
  },
};
