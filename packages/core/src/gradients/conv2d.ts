import { absolute, type Floats, type ForwardArgs, type NodeBase, only, type Pads, type Pair } from '../ops/op.ts';
import type { Shape } from '../tensor.ts';
import { both, type GradientOp } from './gradient-op.ts';

/** How a convolution slides: the same for its gradients. */
interface Sliding extends NodeBase {
  readonly stride: Pair;
  readonly pads: Pads;
  readonly groups: number;
}

/** What a convolution's input adds to the loss: the transposed convolution of the output's gradient. Reads `[dy]`. */
export interface Conv2dInputGradientNode extends Sliding {
  readonly op: 'conv2dInputGradient';
  readonly inputs: readonly [dy: string];
  readonly weight: string;
  /** `[C, H, W]` of the convolution's input, which stride and padding leave open. */
  readonly shape: Shape;
}

export const conv2dInputGradient: GradientOp<Conv2dInputGradientNode> = {
  op: 'conv2dInputGradient',
  overBatch: false,
  parameters: (node) => [node.weight],

  infer(node, inputs, parameters, fail) {
    const dy = only(inputs);
    const weight = parameters.get(node.weight);
    if (weight?.length !== 4 || dy[0] !== weight[0]) {
      fail(`The gradient ${dy.join('x')} does not fit the weight ${weight?.join('x')}`);
    }
    return node.shape;
  },

  macs(node, _output, parameters) {
    return convolutionMacs(parameters.get(node.weight)!, node.shape, node);
  },

  forward: (node, args) => transposed(node, args, only(args.inputs).data, args.parameter(node.weight).data),

  accumulation: {
    terms(node, args) {
      const [out, , kh, kw] = args.parameter(node.weight).shape as [number, number, number, number];
      return (out / node.groups) * Math.ceil(kh / node.stride[0]) * Math.ceil(kw / node.stride[1]);
    },
    magnitude: (node, args) =>
      transposed(node, args, absolute(only(args.inputs).data), absolute(args.parameter(node.weight).data)),
  },
};

/** What a convolution's weight adds to the loss, summed over the batch. Reads `[x, dy]`; OIHW. */
export interface Conv2dWeightGradientNode extends Sliding {
  readonly op: 'conv2dWeightGradient';
  readonly inputs: readonly [x: string, dy: string];
  readonly kernel: Pair;
}

export const conv2dWeightGradient: GradientOp<Conv2dWeightGradientNode> = {
  op: 'conv2dWeightGradient',
  overBatch: true,
  parameters: () => [],

  infer(node, inputs, _parameters, fail) {
    const [x, dy] = inputs;
    if (x?.length !== 3 || dy?.length !== 3) return fail('Needs an image and a gradient, each CxHxW');
    return [dy[0]!, x[0]! / node.groups, ...node.kernel];
  },

  macs: () => 0, // per batch, not per sample

  forward: (node, args) => correlations(node, args, ...both(args)),

  accumulation: {
    terms: (_node, args) => args.batch * args.inputs[1]!.shape[1]! * args.inputs[1]!.shape[2]!,
    magnitude(node, args) {
      const [x, dy] = both(args);
      return correlations(node, args, absolute(x), absolute(dy));
    },
  },
};

function convolutionMacs(weight: Shape, [, height, width]: Shape, { stride, pads }: Sliding): number {
  const [out, perGroup, kh, kw] = weight as [number, number, number, number];
  const rows = Math.floor((height! + pads.top + pads.bottom - kh) / stride[0]) + 1;
  const cols = Math.floor((width! + pads.left + pads.right - kw) / stride[1]) + 1;
  return out * perGroup * kh * kw * rows * cols;
}

/** dx[n, g*I + c, i*sh + u - top, j*sw + v - left] += w[o,c,u,v] * dy[n,o,i,j], over o, u, v, i, j; what falls outside the image is lost. */
function transposed(node: Conv2dInputGradientNode, args: ForwardArgs, dy: Float64Array, w: Floats): Float64Array {
  const [out, perGroup, kh, kw] = args.parameter(node.weight).shape as [number, number, number, number];
  const [channels, height, width] = node.shape as [number, number, number];
  const [, rows, cols] = only(args.inputs).shape as [number, number, number];
  const outPerGroup = out / node.groups;
  const dx = new Float64Array(args.batch * channels * height * width);
  for (let n = 0; n < args.batch; n++) {
    for (let o = 0; o < out; o++) {
      const first = Math.floor(o / outPerGroup) * perGroup;
      for (let c = 0; c < perGroup; c++) {
        const xAt = (n * channels + first + c) * height * width;
        const wAt = (o * perGroup + c) * kh * kw;
        for (let u = 0; u < kh; u++) {
          for (let v = 0; v < kw; v++) {
            const weight = w[wAt + u * kw + v]!;
            for (let i = 0; i < rows; i++) {
              const r = i * node.stride[0] + u - node.pads.top;
              if (r < 0 || r >= height) continue;
              const dyAt = ((n * out + o) * rows + i) * cols;
              for (let j = 0; j < cols; j++) {
                const s = j * node.stride[1] + v - node.pads.left;
                if (s >= 0 && s < width) dx[xAt + r * width + s]! += weight * dy[dyAt + j]!;
              }
            }
          }
        }
      }
    }
  }
  return dx;
}

/** dw[o,c,u,v] = sum over n,i,j of dy[n,o,i,j] * x[n, g*I + c, i*sh + u - top, j*sw + v - left], x = 0 outside the image. */
function correlations(
  node: Conv2dWeightGradientNode,
  args: ForwardArgs,
  x: Float64Array,
  dy: Float64Array,
): Float64Array {
  const [out, perGroup, kh, kw] = args.output as [number, number, number, number];
  const [channels, height, width] = args.inputs[0]!.shape as [number, number, number];
  const [, rows, cols] = args.inputs[1]!.shape as [number, number, number];
  const outPerGroup = out / node.groups;
  const dw = new Float64Array(out * perGroup * kh * kw);
  let at = 0;
  for (let o = 0; o < out; o++) {
    const first = Math.floor(o / outPerGroup) * perGroup;
    for (let c = first; c < first + perGroup; c++) {
      for (let u = 0; u < kh; u++) {
        for (let v = 0; v < kw; v++) {
          let sum = 0;
          for (let n = 0; n < args.batch; n++) {
            for (let i = 0; i < rows; i++) {
              const r = i * node.stride[0] + u - node.pads.top;
              if (r < 0 || r >= height) continue;
              const xAt = ((n * channels + c) * height + r) * width;
              const dyAt = ((n * out + o) * rows + i) * cols;
              for (let j = 0; j < cols; j++) {
                const s = j * node.stride[1] + v - node.pads.left;
                if (s >= 0 && s < width) sum += dy[dyAt + j]! * x[xAt + s]!;
              }
            }
          }
          dw[at++] = sum;
        }
      }
    }
  }
  return dw;
}
