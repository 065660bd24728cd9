import { absolute, type Floats, type ForwardArgs, type NodeBase, type OpDefinition, only } from './op.ts';
import { addRowsTimes } from './rows.ts';

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

  forward: (node, args) => product(node, args, (data) => data),

  accumulation: {
    terms: (node, args) => (only(args.inputs).shape[0] ?? 0) + (node.bias === undefined ? 0 : 1),
    magnitude: (node, args) => product(node, args, absolute),
  },
};

/** Rows that are taken together: few enough that a copy of them is small. */
const ROWS = 64;

/** y[n,o] = b[o] + sum over i of w[o,i] * x[n,i], of all operands as they are, or of their absolute values. */
function product(node: LinearNode, args: ForwardArgs, of: <T extends Floats>(data: T) => T): Float64Array {
  const features = only(args.inputs).shape[0]!;
  const out = args.output[0]!;
  const x = of(only(args.inputs).data);
  const w = args.parameter(node.weight).data;
  const y = new Float64Array(args.batch * out);
  if (node.bias !== undefined) {
    const b = of(args.parameter(node.bias).data);
    for (let n = 0; n < args.batch; n++) y.set(b, n * out);
  }
  for (let o = 0; o < out; o += ROWS) {
    const rows = of(w.subarray(o * features, Math.min(o + ROWS, out) * features));
    for (let n = 0; n < args.batch; n++)
      addRowsTimes(rows, x.subarray(n * features, (n + 1) * features), y, n * out + o, 1);
  }
  return y;
}
