import {
  absolute,
  checkPads,
  checkPositive,
  type Floats,
  type ForwardArgs,
  imageShape,
  type NodeBase,
  type OpDefinition,
  only,
  type Pads,
  type Pair,
} from './op.ts';

/** 2-D cross-correlation with groups. Weight is OIHW `[out, in/groups, kh, kw]`; zero padding. */
export interface Conv2dNode extends NodeBase {
  readonly op: 'conv2d';
  readonly inputs: readonly [string];
  readonly weight: string;
  readonly bias?: string;
  readonly stride: Pair;
  readonly pads: Pads;
  readonly groups: number;
}

export const conv2d: OpDefinition<Conv2dNode> = {
  op: 'conv2d',

  parameters: (node) => (node.bias === undefined ? [node.weight] : [node.weight, node.bias]),

  infer(node, inputs, parameters, fail) {
    const [channels, height, width] = imageShape(inputs, fail);
    checkPads(node.pads, fail);
    checkPositive('stride', node.stride, fail);
    checkPositive('groups', [node.groups], fail);
    const weight = parameters.get(node.weight) ?? fail(`The weight ${node.weight} has no shape`);
    const [out, perGroup, kh, kw] = weight as [number, number, number, number];
    if (weight.length !== 4) fail(`The weight ${node.weight} must be OIHW, got ${weight.join('x')}`);
    if (out % node.groups !== 0) fail(`${out} output channels cannot be split into ${node.groups} groups`);
    if (perGroup * node.groups !== channels) {
      fail(
        `The input has ${channels} channels but the weight ${node.weight} takes ${perGroup} x ${node.groups} groups`,
      );
    }
    if (node.bias !== undefined) {
      const bias = parameters.get(node.bias) ?? fail(`The bias ${node.bias} has no shape`);
      if (bias.length !== 1 || bias[0] !== out)
        fail(`The bias ${node.bias} must have shape ${out}, got ${bias.join('x')}`);
    }
    const { top, left, bottom, right } = node.pads;
    return [
      out,
      Math.floor((height + top + bottom - kh) / node.stride[0]) + 1,
      Math.floor((width + left + right - kw) / node.stride[1]) + 1,
    ];
  },

  macs(node, output, parameters) {
    const [, perGroup, kh, kw] = parameters.get(node.weight) as [number, number, number, number];
    return (output[0] ?? 0) * (output[1] ?? 0) * (output[2] ?? 0) * perGroup * kh * kw;
  },

  forward: (node, args) =>
    correlate(
      node,
      args,
      only(args.inputs).data,
      args.parameter(node.weight).data,
      node.bias === undefined ? undefined : args.parameter(node.bias).data,
    ),

  accumulation: {
    terms(node, args) {
      const [, perGroup, kh, kw] = args.parameter(node.weight).shape as [number, number, number, number];
      return perGroup * kh * kw + (node.bias === undefined ? 0 : 1);
    },
    magnitude: (node, args) =>
      correlate(
        node,
        args,
        absolute(only(args.inputs).data),
        absolute(args.parameter(node.weight).data),
        node.bias === undefined ? undefined : absolute(args.parameter(node.bias).data),
      ),
  },
};

/**
 * y[n,o,i,j] = b[o] + sum over c,u,v of w[o,c,u,v] * x[n, g*I + c, i*sh + u - top, j*sw + v - left]
 * with g = floor(o / (O/groups)), I = in/groups, and x = 0 outside the image.
 * The innermost loop runs along an output row, so that each weight is read once per row.
 */
function correlate(
  node: Conv2dNode,
  args: ForwardArgs,
  x: Float64Array,
  w: Floats,
  b: Floats | undefined,
): Float64Array {
  const [channels, height, width] = only(args.inputs).shape as [number, number, number];
  const [out, rows, cols] = args.output as [number, number, number];
  const [, perGroup, kh, kw] = args.parameter(node.weight).shape as [number, number, number, number];
  const [sh, sw] = node.stride;
  const { top, left } = node.pads;
  const outPerGroup = out / node.groups;
  const y = new Float64Array(args.batch * out * rows * cols);

  for (let n = 0; n < args.batch; n++) {
    for (let o = 0; o < out; o++) {
      const yAt = (n * out + o) * rows * cols;
      if (b !== undefined) y.fill(b[o]!, yAt, yAt + rows * cols);
      const firstChannel = Math.floor(o / outPerGroup) * perGroup;
      for (let c = 0; c < perGroup; c++) {
        const xAt = (n * channels + firstChannel + c) * height * width;
        const wAt = (o * perGroup + c) * kh * kw;
        for (let u = 0; u < kh; u++) {
          for (let v = 0; v < kw; v++) {
            const weight = w[wAt + u * kw + v]!;
            // the output columns whose input column lies inside the image
            const from = Math.max(0, Math.ceil((left - v) / sw));
            const to = Math.min(cols, Math.floor((width - 1 + left - v) / sw) + 1);
            for (let i = 0; i < rows; i++) {
              const row = i * sh + u - top;
              if (row < 0 || row >= height) continue;
              const xRow = xAt + row * width + v - left;
              const yRow = yAt + i * cols;
              for (let j = from; j < to; j++) y[yRow + j]! += weight * x[xRow + j * sw]!;
            }
          }
        }
      }
    }
  }
  return y;
}
