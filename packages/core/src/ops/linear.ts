import { type ForwardArgs, type NodeBase, type OpDefinition, only } from './op.ts';

/** Fully connected layer. Weight is `[out, in]`. */
export interface LinearNode extends NodeBase {
  readonly op: 'linear';
  readonly inputs: readonly [string];
  readonly weight: string;
  readonly bias?: string;
}

export const linear: OpDefinition<LinearNode> = {
  op: 'linear',

  parameters: (node) => (node.bias === undefined ? [node.weight] : [node.weight, node.bias]),

  infer(node, inputs, parameters, fail) {
    const input = inputs[0];
    if (inputs.length !== 1 || input?.length !== 1) {
      return fail(
        `Needs one flat input, got ${inputs.map((s) => s.join('x')).join(', ') || 'none'}; put a flatten before it`,
      );
    }
    const weight = parameters.get(node.weight) ?? fail(`The weight ${node.weight} has no shape`);
    const [out, features] = weight as [number, number];
    if (weight.length !== 2) fail(`The weight ${node.weight} must be [out, in], got ${weight.join('x')}`);
    if (features !== input[0])
      fail(`The input has ${input[0]} features but the weight ${node.weight} takes ${features}`);
    if (node.bias !== undefined) {
      const bias = parameters.get(node.bias) ?? fail(`The bias ${node.bias} has no shape`);
      if (bias.length !== 1 || bias[0] !== out)
        fail(`The bias ${node.bias} must have shape ${out}, got ${bias.join('x')}`);
    }
    return [out];
  },

  macs(node, _output, parameters) {
    const [out, features] = parameters.get(node.weight) as [number, number];
    return out * features;
  },

  forward: (node, args) => product(node, args, (term) => term),

  accumulation: {
    terms: (node, args) => (only(args.inputs).shape[0] ?? 0) + (node.bias === undefined ? 0 : 1),
    magnitude: (node, args) => product(node, args, Math.abs),
  },
};

/** y[n,o] = f(b[o]) + sum over i of f(w[o,i] * x[n,i]), where f is the identity, or |.| for the magnitude. */
function product(node: LinearNode, args: ForwardArgs, f: (term: number) => number): Float64Array {
  const features = only(args.inputs).shape[0]!;
  const out = args.output[0]!;
  const x = only(args.inputs).data;
  const w = args.parameter(node.weight).data;
  const b = node.bias === undefined ? undefined : args.parameter(node.bias).data;
  const y = new Float64Array(args.batch * out);
  for (let o = 0; o < out; o++) {
    const wAt = o * features;
    for (let n = 0; n < args.batch; n++) {
      const xAt = n * features;
      let sum = b === undefined ? 0 : f(b[o]!);
      for (let i = 0; i < features; i++) sum += f(w[wAt + i]! * x[xAt + i]!);
      y[n * out + o] = sum;
    }
  }
  return y;
}
