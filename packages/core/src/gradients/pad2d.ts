import { type NodeBase, only, type Pads } from '../ops/op.ts';
import type { GradientOp } from './gradient-op.ts';

/** The gradient of padding: what lies inside. Reads `[dy]`. */
export interface Pad2dGradientNode extends NodeBase {
  readonly op: 'pad2dGradient';
  readonly inputs: readonly [dy: string];
  readonly pads: Pads;
}

export const pad2dGradient: GradientOp<Pad2dGradientNode> = {
  op: 'pad2dGradient',
  overBatch: false,
  parameters: () => [],
  infer({ pads }, inputs, _parameters, fail) {
    const [channels, height, width] = only(inputs);
    if (channels === undefined || height === undefined || width === undefined) return fail('Needs a gradient CxHxW');
    return [channels, height - pads.top - pads.bottom, width - pads.left - pads.right];
  },
  macs: () => 0,

  /** dx[c,i,j] = dy[c, i + top, j + left] */
  forward({ pads }, args) {
    const [channels, height, width] = args.output as [number, number, number];
    const [, rows, cols] = only(args.inputs).shape as [number, number, number];
    const dy = only(args.inputs).data;
    const dx = new Float64Array(args.batch * channels * height * width);
    for (let at = 0; at < args.batch * channels * height; at++) {
      const from = (Math.floor(at / height) * rows + (at % height) + pads.top) * cols + pads.left;
      dx.set(dy.subarray(from, from + width), at * width);
    }
    return dx;
  },
};
