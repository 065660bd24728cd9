import type { GradientNodeOf } from '@alexnet/core';
import type { GradientCall, GradientMistakesOf } from './mistake.ts';

type Pool = GradientCall<GradientNodeOf<'maxPool2dGradient'>>;

interface Changes {
  /** Whether another value takes the place of the largest so far. */
  readonly beats?: (value: number, best: number) => boolean;
  /** All that are as large as the largest get the gradient. */
  readonly all?: true;
  /** The gradient is written, not added. */
  readonly overwrites?: true;
  /** By how much windows start too early. */
  readonly early?: { readonly top: number; readonly left: number };
}

function toMaxima({ node, operands, shapes, batch }: Pool, changes: Changes): Float64Array {
  const [x, dy] = operands as readonly [Float64Array, Float64Array];
  const [channels, height, width] = shapes.values.get(node.inputs[0])! as [number, number, number];
  const [, rows, cols] = shapes.values.get(node.inputs[1])! as [number, number, number];
  const { beats = (value, best) => value > best, all, overwrites, early = { top: 0, left: 0 } } = changes;
  const dx = new Float64Array(x.length);
  for (let at = 0; at < dy.length; at++) {
    const plane = Math.floor(at / (rows * cols));
    if (plane >= batch * channels) break;
    const top = (Math.floor(at / cols) % rows) * node.stride[0] - node.pads.top - early.top;
    const left = (at % cols) * node.stride[1] - node.pads.left - early.left;
    const window: number[] = [];
    for (let r = Math.max(0, top); r < Math.min(height, top + node.kernel[0]); r++)
      for (let s = Math.max(0, left); s < Math.min(width, left + node.kernel[1]); s++)
        window.push((plane * height + r) * width + s);
    if (window.length === 0) continue;
    const best = window.reduce((a, b) => (beats(x[b]!, x[a]!) ? b : a));
    for (const i of all ? window.filter((each) => x[each] === x[best]) : [best])
      dx[i] = overwrites ? dy[at]! : dx[i]! + dy[at]!;
  }
  return dx;
}

const MAXIMUM_FIX =
  'Each gradient goes to the first of the largest values of its window, row by row: take another only where it is larger.';
const ADD_FIX = 'Add up the gradients of all windows whose maximum a pixel is.';
const PAD_FIX = 'Window (i, j) starts at row i * stride[0] - pads.top and column j * stride[1] - pads.left.';

export const maxPool2dGradientMistakes: GradientMistakesOf<'maxPool2dGradient'> = [
  {
    id: 'last-maximum',
    cause: 'Of several largest values the last gets the gradient',
    fix: MAXIMUM_FIX,
    compute: (call) => toMaxima(call, { beats: (value, best) => value >= best }),
  },
  {
    id: 'all-maxima',
    cause: 'Of several largest values every one gets the gradient',
    fix: MAXIMUM_FIX,
    compute: (call) => toMaxima(call, { all: true }),
  },
  {
    id: 'not-accumulated',
    cause: 'A pixel that is the maximum of several windows gets the gradient of the last of them alone',
    fix: ADD_FIX,
    compute: (call) => toMaxima(call, { overwrites: true }),
  },
  {
    id: 'first-of-window',
    cause: 'The first value of a window gets the gradient, not the largest',
    fix: MAXIMUM_FIX,
    compute: (call) => toMaxima(call, { beats: () => false }),
  },
  {
    id: 'smallest',
    cause: 'The smallest value of a window gets the gradient',
    fix: MAXIMUM_FIX,
    compute: (call) => toMaxima(call, { beats: (value, best) => value < best }),
  },
  {
    id: 'padding-ignored',
    cause: 'Windows are placed as if there were no padding',
    fix: PAD_FIX,
    compute: (call) => {
      const { top, left } = call.node.pads;
      return top + left === 0 ? undefined : toMaxima(call, { early: { top: -top, left: -left } });
    },
  },
  {
    id: 'pads-from-the-end',
    cause: 'Padding counts from the bottom and the right',
    fix: PAD_FIX,
    compute: (call) => {
      const { top, left, bottom, right } = call.node.pads;
      return top === bottom && left === right
        ? undefined
        : toMaxima(call, { early: { top: bottom - top, left: right - left } });
    },
  },
];

export const adaptiveAvgPool2dGradientMistakes: GradientMistakesOf<'adaptiveAvgPool2dGradient'> = [
  {
    id: 'not-divided',
    cause: 'Every pixel of a window gets the whole gradient, not its share',
    fix: 'Divide by the pixels of the window.',
    compute: (call) => shared(call, () => 1),
  },
  {
    id: 'not-accumulated',
    cause: 'Where windows overlap, one writes over the other',
    fix: ADD_FIX,
    compute: (call) => shared(call, (size) => 1 / size, true),
  },
];

function shared(
  { node, operands, shapes }: GradientCall<GradientNodeOf<'adaptiveAvgPool2dGradient'>>,
  share: (size: number) => number,
  overwrites = false,
): Float64Array {
  const [channels, height, width] = node.shape as [number, number, number];
  const [, rows, cols] = shapes.values.get(node.inputs[0])! as [number, number, number];
  const dy = operands[0]!;
  const dx = new Float64Array((dy.length / (channels * rows * cols)) * channels * height * width);
  for (let at = 0; at < dy.length; at++) {
    const plane = Math.floor(at / (rows * cols));
    const [i, j] = [Math.floor(at / cols) % rows, at % cols];
    const [top, bottom] = [Math.floor((i * height) / rows), Math.ceil(((i + 1) * height) / rows)];
    const [left, right] = [Math.floor((j * width) / cols), Math.ceil(((j + 1) * width) / cols)];
    const part = dy[at]! * share((bottom - top) * (right - left));
    for (let r = top; r < bottom; r++) {
      for (let s = left; s < right; s++) {
        const to = (plane * height + r) * width + s;
        dx[to] = overwrites ? part : dx[to]! + part;
      }
    }
  }
  return dx;
}
