import {
  absolute,
  checkPads,
  checkPair,
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
import { addRowsTimes } from './rows.ts';

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
    checkPair('stride', node.stride, fail);
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
 * Each window is copied once and multiplied with the weights of all output channels of its group.
 */
function correlate(
  node: Conv2dNode,
  args: ForwardArgs,
  x: Float64Array,
  w: Floats,
  b: Floats | undefined,
): Float64Array {
  const [channels] = only(args.inputs).shape as [number];
  const [out, rows, cols] = args.output as [number, number, number];
  const [, perGroup, kh, kw] = args.parameter(node.weight).shape as [number, number, number, number];
  const plane = rows * cols;
  const outPerGroup = out / node.groups;
  const y = new Float64Array(args.batch * out * plane);
  const window = new Float64Array(perGroup * kh * kw);

  if (b !== undefined) {
    for (let at = 0; at < args.batch * out; at++) y.fill(b[at % out]!, at * plane, (at + 1) * plane);
  }
  for (let n = 0; n < args.batch; n++) {
    for (let g = 0; g < node.groups; g++) {
      const weights = w.subarray(g * outPerGroup * window.length, (g + 1) * outPerGroup * window.length);
      for (let p = 0; p < plane; p++) {
        copyWindow(node, args, x, n * channels + g * perGroup, Math.floor(p / cols), p % cols, window);
        addRowsTimes(weights, window, y, (n * out + g * outPerGroup) * plane + p, plane);
      }
    }
  }
  return y;
}

/** window[c,u,v] = x[first + c, i*sh + u - top, j*sw + v - left], 0 outside the image. */
function copyWindow(
  node: Conv2dNode,
  args: ForwardArgs,
  x: Float64Array,
  first: number,
  i: number,
  j: number,
  window: Float64Array,
): void {
  const [, height, width] = only(args.inputs).shape as [number, number, number];
  const [, perGroup, kh, kw] = args.parameter(node.weight).shape as [number, number, number, number];
  const top = i * node.stride[0] - node.pads.top;
  const left = j * node.stride[1] - node.pads.left;
  let at = 0;
  for (let c = first; c < first + perGroup; c++) {
    for (let r = top; r < top + kh; r++) {
      const row = (c * height + r) * width;
      const inside = r >= 0 && r < height;
      for (let s = left; s < left + kw; s++) window[at++] = inside && s >= 0 && s < width ? x[row + s]! : 0;
    }
  }
}
