import { type ForwardArgs, type NodeBase, type OpDefinition, only } from './op.ts';

/** Batch normalisation with fixed statistics (Ioffe & Szegedy 2015, inference). Works on CxHxW and on flat values. */
export interface BatchNormNode extends NodeBase {
  readonly op: 'batchNorm';
  readonly inputs: readonly [string];
  /** gamma, beta, moving mean and moving variance, each of shape [C]. */
  readonly scale: string;
  readonly bias: string;
  readonly mean: string;
  readonly variance: string;
  readonly epsilon: number;
}

export const batchNorm: OpDefinition<BatchNormNode> = {
  op: 'batchNorm',
  parameters: (node) => [node.scale, node.bias, node.mean, node.variance],

  infer(node, inputs, parameters, fail) {
    const shape = inputs[0];
    if (inputs.length !== 1 || (shape?.length !== 3 && shape?.length !== 1)) {
      return fail(`Needs one input of shape CxHxW or C, got ${inputs.map((s) => s.join('x')).join(', ') || 'none'}`);
    }
    if (!(node.epsilon >= 0 && node.epsilon < Number.POSITIVE_INFINITY))
      fail(`epsilon is ${node.epsilon}; it must be 0 or more, and finite`);
    for (const name of batchNorm.parameters(node)) {
      const parameter = parameters.get(name);
      if (parameter?.length !== 1 || parameter[0] !== shape[0]) {
        fail(`The parameter ${name} must have shape ${shape[0]}, got ${parameter?.join('x')}`);
      }
    }
    return shape;
  },

  macs: () => 0,

  /** y = (x - mean) / sqrt(variance + epsilon) * scale + bias, per channel */
  forward: (node, args) => perChannel(node, args, (x, mean, factor, bias) => (x - mean) * factor + bias),

  accumulation: {
    terms: () => 4,
    magnitude: (node, args) =>
      perChannel(
        node,
        args,
        (x, mean, factor, bias) => (Math.abs(x) + Math.abs(mean)) * Math.abs(factor) + Math.abs(bias),
      ),
  },
};

function perChannel(
  node: BatchNormNode,
  args: ForwardArgs,
  f: (x: number, mean: number, factor: number, bias: number) => number,
): Float64Array {
  const [channels, height = 1, width = 1] = only(args.inputs).shape as [number, number?, number?];
  const [scale, bias, mean, variance] = batchNorm.parameters(node).map((name) => args.parameter(name).data);
  const x = only(args.inputs).data;
  const y = new Float64Array(x.length);
  const plane = height * width;
  for (let at = 0; at < x.length; at += plane) {
    const c = (at / plane) % channels;
    const factor = scale![c]! / Math.sqrt(variance![c]! + node.epsilon);
    for (let p = at; p < at + plane; p++) y[p] = f(x[p]!, mean![c]!, factor, bias![c]!);
  }
  return y;
}
