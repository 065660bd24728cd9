import { absolute, type Floats, type ForwardArgs, type NodeBase, only } from '../ops/op.ts';
import { both, type GradientOp } from './gradient-op.ts';

/** What a linear layer's input adds to the loss. Reads `[dy]`. */
export interface LinearInputGradientNode extends NodeBase {
  readonly op: 'linearInputGradient';
  readonly inputs: readonly [dy: string];
  readonly weight: string;
}

export const linearInputGradient: GradientOp<LinearInputGradientNode> = {
  op: 'linearInputGradient',
  overBatch: false,
  parameters: (node) => [node.weight],

  infer(node, inputs, parameters, fail) {
    const weight = parameters.get(node.weight);
    if (weight?.length !== 2 || only(inputs)[0] !== weight[0]) {
      return fail(`The gradient ${only(inputs).join('x')} does not fit the weight ${weight?.join('x')}`);
    }
    return [weight[1]!];
  },

  macs: (node, _output, parameters) => parameters.get(node.weight)!.reduce((product, extent) => product * extent, 1),
  forward: (node, args) => timesTransposed(args, only(args.inputs).data, args.parameter(node.weight).data),

  accumulation: {
    terms: (_node, args) => only(args.inputs).shape[0]!,
    magnitude: (node, args) =>
      timesTransposed(args, absolute(only(args.inputs).data), absolute(args.parameter(node.weight).data)),
  },
};

/** What a linear layer's weight adds to the loss, summed over the batch. Reads `[x, dy]`; `[out, in]`. */
export interface LinearWeightGradientNode extends NodeBase {
  readonly op: 'linearWeightGradient';
  readonly inputs: readonly [x: string, dy: string];
}

export const linearWeightGradient: GradientOp<LinearWeightGradientNode> = {
  op: 'linearWeightGradient',
  overBatch: true,
  parameters: () => [],

  infer(_node, inputs, _parameters, fail) {
    const [x, dy] = inputs;
    return x?.length === 1 && dy?.length === 1 ? [dy[0]!, x[0]!] : fail('Needs flat features and a flat gradient');
  },

  macs: () => 0, // per batch, not per sample
  forward: (_node, args) => outerProducts(args, ...both(args)),

  accumulation: {
    terms: (_node, args) => args.batch,
    magnitude(_node, args) {
      const [x, dy] = both(args);
      return outerProducts(args, absolute(x), absolute(dy));
    },
  },
};

/** dx[n,i] = sum over o of w[o,i] * dy[n,o] */
function timesTransposed(args: ForwardArgs, dy: Float64Array, w: Floats): Float64Array {
  const out = only(args.inputs).shape[0]!;
  const features = args.output[0]!;
  const dx = new Float64Array(args.batch * features);
  for (let n = 0; n < args.batch; n++) {
    for (let o = 0; o < out; o++) {
      const factor = dy[n * out + o]!;
      for (let i = 0; i < features; i++) dx[n * features + i]! += w[o * features + i]! * factor;
    }
  }
  return dx;
}

/** dw[o,i] = sum over n of dy[n,o] * x[n,i] */
function outerProducts(args: ForwardArgs, x: Float64Array, dy: Float64Array): Float64Array {
  const [out, features] = args.output as [number, number];
  const dw = new Float64Array(out * features);
  for (let n = 0; n < args.batch; n++) {
    for (let o = 0; o < out; o++) {
      const factor = dy[n * out + o]!;
      for (let i = 0; i < features; i++) dw[o * features + i]! += factor * x[n * features + i]!;
    }
  }
  return dw;
}
