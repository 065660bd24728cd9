import { checkPads, imageShape, type NodeBase, type OpDefinition, only, type Pads } from './op.ts';

/** Zero padding of the spatial dimensions. */
export interface Pad2dNode extends NodeBase {
  readonly op: 'pad2d';
  readonly inputs: readonly [string];
  readonly pads: Pads;
}

export const pad2d: OpDefinition<Pad2dNode> = {
  op: 'pad2d',
  parameters: () => [],

  infer(node, inputs, _parameters, fail) {
    const [channels, height, width] = imageShape(inputs, fail);
    checkPads(node.pads, fail);
    return [channels, height + node.pads.top + node.pads.bottom, width + node.pads.left + node.pads.right];
  },

  macs: () => 0,

  /** y[c, i + top, j + left] = x[c, i, j], 0 elsewhere */
  forward(node, args) {
    const [channels, height, width] = only(args.inputs).shape as [number, number, number];
    const [, rows, cols] = args.output as [number, number, number];
    const x = only(args.inputs).data;
    const y = new Float64Array(args.batch * channels * rows * cols);
    for (let plane = 0; plane < args.batch * channels; plane++) {
      for (let i = 0; i < height; i++) {
        const from = (plane * height + i) * width;
        y.set(x.subarray(from, from + width), (plane * rows + i + node.pads.top) * cols + node.pads.left);
      }
    }
    return y;
  },
};
