import {
  checkPads,
  checkPair,
  type Fail,
  imageShape,
  type NodeBase,
  type OpDefinition,
  only,
  type Pads,
  type Pair,
} from './op.ts';

/** Maximum over windows. Padding counts as minus infinity. */
export interface MaxPool2dNode extends NodeBase {
  readonly op: 'maxPool2d';
  readonly inputs: readonly [string];
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly pads: Pads;
  /** Round the output size up, as Caffe does; a last window that would start in the padding is dropped. */
  readonly ceilMode: boolean;
}

export const maxPool2d: OpDefinition<MaxPool2dNode> = {
  op: 'maxPool2d',
  parameters: () => [],

  infer(node, inputs, _parameters, fail) {
    const [channels, height, width] = imageShape(inputs, fail);
    checkPads(node.pads, fail);
    checkPair('kernel', node.kernel, fail);
    checkPair('stride', node.stride, fail);
    if (typeof node.ceilMode !== 'boolean') fail(`ceilMode is ${String(node.ceilMode)}; it must be true or false`);
    const { top, left, bottom, right } = node.pads;
    return [
      channels,
      pooled(height, node.kernel[0], node.stride[0], top, bottom, node.ceilMode, fail),
      pooled(width, node.kernel[1], node.stride[1], left, right, node.ceilMode, fail),
    ];
  },

  macs: () => 0,

  /** y[c,i,j] = max of x[c, i*sh + u - top, j*sw + v - left] over the window's elements inside the image; NaN wins. */
  forward(node, args) {
    const [channels, height, width] = only(args.inputs).shape as [number, number, number];
    const [, rows, cols] = args.output as [number, number, number];
    const x = only(args.inputs).data;
    const y = new Float64Array(args.batch * channels * rows * cols);
    const [kh, kw] = node.kernel;
    let at = 0;
    for (let plane = 0; plane < args.batch * channels; plane++) {
      const xAt = plane * height * width;
      for (let i = 0; i < rows; i++) {
        const top = i * node.stride[0] - node.pads.top;
        for (let j = 0; j < cols; j++) {
          const left = j * node.stride[1] - node.pads.left;
          let best = Number.NEGATIVE_INFINITY;
          for (let r = Math.max(0, top); r < Math.min(height, top + kh); r++) {
            for (let c = Math.max(0, left); c < Math.min(width, left + kw); c++) {
              best = Math.max(best, x[xAt + r * width + c]!);
            }
          }
          y[at++] = best;
        }
      }
    }
    return y;
  },
};

function pooled(
  extent: number,
  kernel: number,
  stride: number,
  before: number,
  after: number,
  ceil: boolean,
  fail: Fail,
): number {
  if (before >= kernel || after >= kernel)
    fail(`Padding ${Math.max(before, after)} must be smaller than the window ${kernel}`);
  const steps = (extent + before + after - kernel) / stride;
  if (!ceil) return Math.floor(steps) + 1;
  const out = Math.ceil(steps) + 1;
  return (out - 1) * stride >= extent + before ? out - 1 : out;
}
