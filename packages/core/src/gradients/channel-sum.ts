import { absolute, type ForwardArgs, type NodeBase, only } from '../ops/op.ts';
import { type GradientOp, planeOf } from './gradient-op.ts';

/** Per channel, the sum over the batch and all places: what a bias adds to the loss. Reads `[dy]`, CxHxW or C. */
export interface ChannelSumNode extends NodeBase {
  readonly op: 'channelSum';
  readonly inputs: readonly [dy: string];
}

export const channelSum: GradientOp<ChannelSumNode> = {
  op: 'channelSum',
  overBatch: true,
  parameters: () => [],
  infer: (_node, inputs) => [only(inputs)[0] ?? 1],
  macs: () => 0,
  forward: (_node, args) => sums(args, only(args.inputs).data),

  accumulation: {
    terms: (_node, args) => args.batch * planeOf(only(args.inputs).shape),
    magnitude: (_node, args) => sums(args, absolute(only(args.inputs).data)),
  },
};

/** db[c] = sum over n,p of dy[n,c,p] */
function sums(args: ForwardArgs, dy: Float64Array): Float64Array {
  const channels = args.output[0]!;
  const plane = planeOf(only(args.inputs).shape);
  const out = new Float64Array(channels);
  for (let at = 0; at < dy.length; at += plane) {
    let sum = 0;
    for (let p = at; p < at + plane; p++) sum += dy[p]!;
    out[(at / plane) % channels]! += sum;
  }
  return out;
}
