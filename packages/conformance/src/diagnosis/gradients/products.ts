import type { Floats, GradientNodeOf, Pads } from '@alexnet/core';
import {
  flipped,
  type GradientCall,
  type GradientMistake,
  type GradientMistakesOf,
  groupsMixed,
  times,
  transposed,
  withWeight,
} from './mistake.ts';

type Sliding = GradientNodeOf<'conv2dInputGradient'> | GradientNodeOf<'conv2dWeightGradient'>;

const PAD_FIX =
  'Window (i, j) read from row i * stride[0] - pads.top and column j * stride[1] - pads.left: its gradient goes there.';

/** Computed as if the convolution slid in another way. */
const sliding = <N extends Sliding>(
  id: string,
  cause: string,
  fix: string,
  change: (node: N, call: GradientCall<N>) => Partial<Pick<Sliding, 'stride' | 'pads'>> | undefined,
): GradientMistake<N> => ({
  id,
  cause,
  fix,
  compute(call) {
    const changed = change(call.node, call);
    return changed === undefined ? undefined : call.evaluate({ node: { ...call.node, ...changed } });
  },
});

const swapped = ({ top, left, bottom, right }: Pads, axis: 'rows' | 'columns'): Pads =>
  axis === 'rows' ? { top: bottom, left, bottom: top, right } : { top, left: right, bottom, right: left };

const slidings = <N extends Sliding>(): readonly GradientMistake<N>[] => [
  sliding(
    'stride-ignored',
    'The stride is ignored: neighbouring gradients go to neighbouring pixels',
    PAD_FIX,
    ({ stride }) => (stride[0] === 1 && stride[1] === 1 ? undefined : { stride: [1, 1] }),
  ),
  sliding('strides-swapped', 'The strides of rows and columns are swapped', PAD_FIX, ({ stride: [down, across] }) =>
    down === across ? undefined : { stride: [across, down] },
  ),
  sliding('pads-top-bottom-swapped', 'Padding counts from the bottom, not from the top', PAD_FIX, ({ pads }) =>
    pads.top === pads.bottom ? undefined : { pads: swapped(pads, 'rows') },
  ),
  sliding('pads-left-right-swapped', 'Padding counts from the right, not from the left', PAD_FIX, ({ pads }) =>
    pads.left === pads.right ? undefined : { pads: swapped(pads, 'columns') },
  ),
  sliding(
    'rest-before-image',
    'The rest that no window reads is put before the image, not after it',
    'What a stride leaves is at the bottom and at the right: pad the transposed convolution there.',
    (node, call) => {
      const [down, across] = restOf(call);
      const { pads } = node;
      return down + across === 0 ? undefined : { pads: { ...pads, top: pads.top - down, left: pads.left - across } };
    },
  ),
];

/** How many rows and columns at the end no window reads. */
function restOf({ node, shapes, weights }: GradientCall<Sliding>): readonly [number, number] {
  const image = node.op === 'conv2dInputGradient' ? node.shape : shapes.values.get(node.inputs[0])!;
  const [kh, kw] = node.op === 'conv2dInputGradient' ? weights.get(node.weight)!.shape.slice(2) : node.kernel;
  const [, rows, cols] = shapes.values.get(node.inputs.at(-1)!)!;
  const { stride, pads } = node;
  return [
    Math.max(0, image[1]! + pads.top + pads.bottom - ((rows! - 1) * stride[0] + kh)),
    Math.max(0, image[2]! + pads.left + pads.right - ((cols! - 1) * stride[1] + kw)),
  ];
}

export const conv2dInputGradientMistakes: GradientMistakesOf<'conv2dInputGradient'> = [
  {
    id: 'window-not-flipped',
    cause:
      'The window is not turned: the input gradient is a convolution with the window from its last weight to its first',
    fix: 'Flip rows and columns of the weight, or scatter: dx[i * stride + u - top] += w[u] dy[i].',
    compute({ node, weights, evaluate }) {
      const [, , kh, kw] = weights.get(node.weight)!.shape as [number, number, number, number];
      return evaluate({ weights: withWeight(weights, node.weight, (data) => flipped(data, [kh, kw])) });
    },
  },
  ...slidings<GradientNodeOf<'conv2dInputGradient'>>(),
  {
    id: 'groups-mixed',
    cause: 'A group gets the gradient of another',
    fix: 'Outputs of group g go to the inputs of group g: offset both.',
    compute: ({ node, operands, batch, evaluate }) =>
      node.groups === 1 ? undefined : evaluate({ operands: [groupsMixed(operands[0]!, batch, node.groups)] }),
  },
  {
    id: 'not-accumulated',
    cause: 'Where windows overlap, one writes over the other',
    fix: 'Add up what all windows and all outputs give to a pixel.',
    compute: overwritten,
  },
];

export const conv2dWeightGradientMistakes: GradientMistakesOf<'conv2dWeightGradient'> = [
  {
    id: 'window-flipped',
    cause: 'The gradient of the weight is turned: its last row and column come first',
    fix: 'dw[u, v] = sum of dy[i, j] x[i * stride + u - top, j * stride + v - left]: nothing is flipped.',
    compute: ({ node, evaluate }) => flipped(evaluate(), node.kernel),
  },
  ...slidings<GradientNodeOf<'conv2dWeightGradient'>>(),
  {
    id: 'groups-mixed',
    cause: 'A group reads the input channels of another',
    fix: 'The weights of group g read the inputs of group g and the gradients of group g: offset both.',
    compute: ({ node, operands, batch, evaluate }) =>
      node.groups === 1
        ? undefined
        : evaluate({ operands: [groupsMixed(operands[0]!, batch, node.groups), operands[1]!] }),
  },
];

export const linearInputGradientMistakes: GradientMistakesOf<'linearInputGradient'> = [
  {
    id: 'weight-not-transposed',
    cause: 'The weight is read as if its rows were its columns',
    fix: 'dx[i] = sum over o of w[o, i] dy[o]: the weight is [out, in].',
    compute({ node, weights, evaluate }) {
      const [out, features] = weights.get(node.weight)!.shape as [number, number];
      if (out === 1 || features === 1) return undefined;
      return evaluate({ weights: withWeight(weights, node.weight, (data) => transposed(data, [features, out])) });
    },
  },
];

export const linearWeightGradientMistakes: GradientMistakesOf<'linearWeightGradient'> = [
  {
    id: 'written-transposed',
    cause: 'The gradient is written as [in, out]',
    fix: 'dw[o, i] = sum over n of dy[n, o] x[n, i], at o * in + i.',
    compute: ({ output, evaluate }) =>
      output[0] === 1 || output[1] === 1 ? undefined : transposed(evaluate(), [output[0]!, output[1]!]),
  },
];

export const channelSumMistakes: GradientMistakesOf<'channelSum'> = [
  {
    id: 'mean-for-sum',
    cause: 'The gradient of the bias is the mean over samples and pixels, not the sum',
    fix: 'Add up, and divide nowhere but in the loss.',
    compute({ operands, output, evaluate }) {
      const count = operands[0]!.length / output[0]!;
      return count === 1 ? undefined : times(1 / count, evaluate());
    },
  },
  {
    id: 'mean-over-pixels',
    cause: 'The gradient of the bias is divided by the pixels',
    fix: 'Add up, and divide nowhere but in the loss.',
    compute({ operands, output, batch, evaluate }) {
      const count = operands[0]!.length / output[0]! / batch;
      return count === 1 ? undefined : times(1 / count, evaluate());
    },
  },
];

/** Each takes as long as the whole gradient. */
const MOST_PLACES = 100;

/** Every output writes to the pixels of its window what it gives to them; the last stays. */
function overwritten({
  node,
  operands,
  weights,
  shapes,
  batch,
  evaluate,
}: GradientCall<GradientNodeOf<'conv2dInputGradient'>>): Floats | undefined {
  const [rows, cols] = shapes.values.get(node.inputs[0])!.slice(1) as [number, number];
  const size = operands[0]!.length / batch;
  const plane = rows * cols;
  if (plane > MOST_PLACES) return undefined;
  const last = new Float64Array(evaluate().length);
  // a place at a time: what is not 0 of it replaces what was there
  for (let p = 0; p < plane; p++) {
    const alone = operands[0]!.map((value, i) => ((i % size) % plane === p ? value : 0));
    const part = evaluate({ operands: [alone], weights });
    for (let i = 0; i < last.length; i++) if (part[i] !== 0) last[i] = part[i]!;
  }
  return last;
}
