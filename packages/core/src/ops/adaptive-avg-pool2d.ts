import {
  absolute,
  checkPair,
  type ForwardArgs,
  imageShape,
  type NodeBase,
  type OpDefinition,
  only,
  type Pair,
} from './op.ts';

/** Average over windows that divide the image into `output` rows and columns (PyTorch's AdaptiveAvgPool2d). */
export interface AdaptiveAvgPool2dNode extends NodeBase {
  readonly op: 'adaptiveAvgPool2d';
  readonly inputs: readonly [string];
  readonly output: Pair;
}

export const adaptiveAvgPool2d: OpDefinition<AdaptiveAvgPool2dNode> = {
  op: 'adaptiveAvgPool2d',
  parameters: () => [],

  infer(node, inputs, _parameters, fail) {
    checkPair('output', node.output, fail);
    return [imageShape(inputs, fail)[0], ...node.output];
  },

  macs: () => 0,
  forward: (node, args) => average(node, args, only(args.inputs).data),

  accumulation: {
    terms(node, args) {
      const [, height, width] = only(args.inputs).shape as [number, number, number];
      return (Math.ceil(height / node.output[0]) + 1) * (Math.ceil(width / node.output[1]) + 1);
    },
    magnitude: (node, args) => average(node, args, absolute(only(args.inputs).data)),
  },
};

/** y[c,i,j] = mean of x[c, r, s] for r in [floor(i*H/h), ceil((i+1)*H/h)), and s likewise. */
function average(node: AdaptiveAvgPool2dNode, args: ForwardArgs, x: Float64Array): Float64Array {
  const [channels, height, width] = only(args.inputs).shape as [number, number, number];
  const [rows, cols] = node.output;
  const y = new Float64Array(args.batch * channels * rows * cols);
  let at = 0;
  for (let plane = 0; plane < args.batch * channels; plane++) {
    for (let i = 0; i < rows; i++) {
      const [top, bottom] = window(i, rows, height);
      for (let j = 0; j < cols; j++) {
        const [left, right] = window(j, cols, width);
        let sum = 0;
        for (let r = top; r < bottom; r++) {
          for (let c = left; c < right; c++) sum += x[(plane * height + r) * width + c]!;
        }
        y[at++] = sum / ((bottom - top) * (right - left));
      }
    }
  }
  return y;
}

function window(index: number, count: number, extent: number): [number, number] {
  return [Math.floor((index * extent) / count), Math.ceil(((index + 1) * extent) / count)];
}
