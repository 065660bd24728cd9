import { type NodeBase, only } from '../ops/op.ts';
import { sameShape } from '../tensor.ts';
import { both, type GradientOp } from './gradient-op.ts';

/** Where ReLU let a value pass, its gradient passes: where it put out 0, the gradient is 0, at 0 too. Reads `[y, dy]`. */
export interface ReluGradientNode extends NodeBase {
  readonly op: 'reluGradient';
  readonly inputs: readonly [y: string, dy: string];
}

export const reluGradient: GradientOp<ReluGradientNode> = {
  op: 'reluGradient',
  ...likeBoth(),
  /** dx = dy where y > 0, else 0 */
  forward(_node, args) {
    const [y, dy] = both(args);
    return dy.map((value, i) => (y[i]! > 0 ? value : 0));
  },
};

/** The product of two values: a dropout mask and what it covers. Reads `[a, b]`. */
export interface MultiplyNode extends NodeBase {
  readonly op: 'multiply';
  readonly inputs: readonly [a: string, b: string];
}

export const multiply: GradientOp<MultiplyNode> = {
  op: 'multiply',
  ...likeBoth(),
  /** y = a * b */
  forward(_node, args) {
    const [a, b] = both(args);
    return a.map((value, i) => value * b[i]!);
  },
};

function likeBoth(): Pick<GradientOp<NodeBase>, 'overBatch' | 'parameters' | 'infer' | 'macs'> {
  return {
    overBatch: false,
    parameters: () => [],
    macs: () => 0,
    infer(_node, [a, b, ...more], _parameters, fail) {
      if (a === undefined || b === undefined || more.length > 0 || !sameShape(a, b)) {
        return fail(`Needs two values of one shape, got ${a?.join('x')} and ${b?.join('x')}`);
      }
      return a;
    },
  };
}

/** The gradient of softmax from its output. Reads `[y, dy]`, flat. */
export interface SoftmaxGradientNode extends NodeBase {
  readonly op: 'softmaxGradient';
  readonly inputs: readonly [y: string, dy: string];
}

export const softmaxGradient: GradientOp<SoftmaxGradientNode> = {
  op: 'softmaxGradient',
  ...likeBoth(),

  /** dx[i] = y[i] * (dy[i] - sum over j of dy[j] * y[j]) */
  forward(_node, args) {
    const [y, dy] = both(args);
    const features = args.output[0]!;
    const dx = new Float64Array(y.length);
    for (let at = 0; at < y.length; at += features) {
      let sum = 0;
      for (let i = at; i < at + features; i++) sum += dy[i]! * y[i]!;
      for (let i = at; i < at + features; i++) dx[i] = y[i]! * (dy[i]! - sum);
    }
    return dx;
  },

  accumulation: {
    terms: (_node, args) => args.output[0]! + 2,
    magnitude(_node, args) {
      const [y, dy] = both(args);
      const features = args.output[0]!;
      const out = new Float64Array(y.length);
      for (let at = 0; at < y.length; at += features) {
        let sum = 0;
        for (let i = at; i < at + features; i++) sum += Math.abs(dy[i]! * y[i]!);
        for (let i = at; i < at + features; i++) out[i] = Math.abs(y[i]!) * (Math.abs(dy[i]!) + sum);
      }
      return out;
    },
  },
};

/** The shape of what flatten read. Reads `[dy]`, flat. */
export interface UnflattenNode extends NodeBase {
  readonly op: 'unflatten';
  readonly inputs: readonly [dy: string];
  /** `[C, H, W]` */
  readonly shape: readonly number[];
}

export const unflatten: GradientOp<UnflattenNode> = {
  op: 'unflatten',
  overBatch: false,
  parameters: () => [],
  infer(node, inputs, _parameters, fail) {
    const size = node.shape.reduce((product, extent) => product * extent, 1);
    return only(inputs)[0] === size ? node.shape : fail(`${only(inputs)} values do not make ${node.shape.join('x')}`);
  },
  macs: () => 0,
  /** dx[c,i,j] = dy[(c*H + i)*W + j] */
  forward: (_node, args) => only(args.inputs).data.slice(),
};
