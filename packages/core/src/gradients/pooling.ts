import type { MaxPool2dNode } from '../ops/max-pool2d.ts';
import { absolute, type ForwardArgs, type NodeBase, only } from '../ops/op.ts';
import type { Shape } from '../tensor.ts';
import { both, type GradientOp } from './gradient-op.ts';

/**
 * The gradient of max pooling. Each output's gradient goes to the maximum of its window; of several equal ones to the first, row by row
 * (as Caffe, PyTorch and ONNX's indices do). Where windows overlap, gradients add up. Reads `[x, dy]`; attributes as of `maxPool2d`.
 */
export interface MaxPool2dGradientNode
  extends NodeBase,
    Pick<MaxPool2dNode, 'kernel' | 'stride' | 'pads' | 'ceilMode'> {
  readonly op: 'maxPool2dGradient';
  readonly inputs: readonly [x: string, dy: string];
}

export const maxPool2dGradient: GradientOp<MaxPool2dGradientNode> = {
  op: 'maxPool2dGradient',
  overBatch: false,
  parameters: () => [],
  infer: (_node, [x], _parameters, fail) => x ?? fail('Needs the image that was pooled'),
  macs: () => 0,
  forward: (node, args) => toMaxima(node, args, both(args)[1]),

  accumulation: {
    terms: ({ kernel, stride }) => Math.ceil(kernel[0] / stride[0]) * Math.ceil(kernel[1] / stride[1]),
    magnitude: (node, args) => toMaxima(node, args, absolute(both(args)[1])),
  },
};

/** dx[c, r*, s*] += dy[c,i,j] with (r*, s*) the first maximum of window (i, j) */
function toMaxima(node: MaxPool2dGradientNode, args: ForwardArgs, dy: Float64Array): Float64Array {
  const [channels, height, width] = args.output as [number, number, number];
  const [, rows, cols] = args.inputs[1]!.shape as [number, number, number];
  const [kh, kw] = node.kernel;
  const [x] = both(args);
  const dx = new Float64Array(x.length);
  let at = 0;
  for (let plane = 0; plane < args.batch * channels; plane++) {
    const xAt = plane * height * width;
    for (let i = 0; i < rows; i++) {
      const top = i * node.stride[0] - node.pads.top;
      for (let j = 0; j < cols; j++) {
        const left = j * node.stride[1] - node.pads.left;
        let best = -1;
        for (let r = Math.max(0, top); r < Math.min(height, top + kh); r++) {
          for (let s = Math.max(0, left); s < Math.min(width, left + kw); s++) {
            const here = xAt + r * width + s;
            if (best < 0 || x[here]! > x[best]!) best = here;
          }
        }
        dx[best]! += dy[at++]!;
      }
    }
  }
  return dx;
}

/** The gradient of adaptive average pooling: each output's, shared equally by its window. Reads `[dy]`. */
export interface AdaptiveAvgPool2dGradientNode extends NodeBase {
  readonly op: 'adaptiveAvgPool2dGradient';
  readonly inputs: readonly [dy: string];
  /** `[C, H, W]` of what was pooled. */
  readonly shape: Shape;
}

export const adaptiveAvgPool2dGradient: GradientOp<AdaptiveAvgPool2dGradientNode> = {
  op: 'adaptiveAvgPool2dGradient',
  overBatch: false,
  parameters: () => [],
  infer: (node, inputs, _parameters, fail) =>
    only(inputs)[0] === node.shape[0] ? node.shape : fail(`The gradient does not fit ${node.shape.join('x')}`),
  macs: () => 0,
  forward: (_node, args) => shared(args, only(args.inputs).data),

  accumulation: {
    // windows overlap by one row and column at most, and where there are more of them than places, many share one
    terms: (node, args) => {
      const [, height, width] = node.shape as [number, number, number];
      const [, rows, cols] = only(args.inputs).shape as [number, number, number];
      return (Math.ceil(rows / height) + 1) * (Math.ceil(cols / width) + 1);
    },
    magnitude: (_node, args) => shared(args, absolute(only(args.inputs).data)),
  },
};

/** dx[c,r,s] += dy[c,i,j] / size of window (i, j), for each window that holds (r, s) */
function shared(args: ForwardArgs, dy: Float64Array): Float64Array {
  const [channels, height, width] = args.output as [number, number, number];
  const [, rows, cols] = only(args.inputs).shape as [number, number, number];
  const dx = new Float64Array(args.batch * channels * height * width);
  for (let plane = 0; plane < args.batch * channels; plane++) {
    for (let i = 0; i < rows; i++) {
      const [top, bottom] = [Math.floor((i * height) / rows), Math.ceil(((i + 1) * height) / rows)];
      for (let j = 0; j < cols; j++) {
        const [left, right] = [Math.floor((j * width) / cols), Math.ceil(((j + 1) * width) / cols)];
        const part = dy[(plane * rows + i) * cols + j]! / ((bottom - top) * (right - left));
        for (let r = top; r < bottom; r++) {
          for (let s = left; s < right; s++) dx[(plane * height + r) * width + s]! += part;
        }
      }
    }
  }
  return dx;
}
