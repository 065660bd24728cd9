import type { NodeOf, Pads, Pair } from '@alexnet/core';
import { type Guess, imageOf, type Mistake, type MistakesOf, placeOf, type Subject } from '../mistake.ts';

type Max = Subject<NodeOf<'maxPool2d'>>;
type MaxNode = NodeOf<'maxPool2d'>;

interface Changes {
  readonly node?: Partial<MaxNode>;
  /** What padding counts as; undefined: it is not there. */
  readonly padding?: number;
  readonly start?: number;
  /** Rows and columns of the window that are left out at its begin and end. */
  readonly skip?: Partial<Pads>;
  readonly better?: (best: number, x: number) => number;
  readonly mean?: true;
  /** Positions beyond the output that floor would give stay 0. */
  readonly zeroBeyondFloor?: true;
}

/** The size of one side of the output; a last window that would start in the padding is dropped. */
function pooled(extent: number, kernel: number, stride: number, before: number, after: number, ceil: boolean): number {
  const steps = (extent + before + after - kernel) / stride;
  if (!ceil) return Math.floor(steps) + 1;
  const out = Math.ceil(steps) + 1;
  return (out - 1) * stride >= extent + before ? out - 1 : out;
}

function poolAt(subject: Max, changes: Changes): Guess {
  const { kernel, stride, pads, ceilMode } = { ...subject.node, ...changes.node };
  const image = imageOf(subject.input.shape);
  const [channels, height, width] = image;
  const sides = (ceil: boolean): Pair => [
    pooled(height, kernel[0], stride[0], pads.top, pads.bottom, ceil),
    pooled(width, kernel[1], stride[1], pads.left, pads.right, ceil),
  ];
  const [rows, cols] = sides(ceilMode);
  const floor = sides(false);
  const x = subject.input.data;
  const { skip = {}, better = Math.max, padding } = changes;
  return {
    shape: [subject.batch, channels, rows, cols],
    at(i) {
      const { n, c, r, s } = placeOf(i, [channels, rows, cols]);
      if (changes.zeroBeyondFloor && (r >= floor[0] || s >= floor[1])) return 0;
      const [top, left] = [r * stride[0] - pads.top, s * stride[1] - pads.left];
      let best = changes.start ?? Number.NEGATIVE_INFINITY;
      let [sum, count] = [0, 0];
      for (let u = skip.top ?? 0; u < kernel[0] - (skip.bottom ?? 0); u++) {
        for (let v = skip.left ?? 0; v < kernel[1] - (skip.right ?? 0); v++) {
          const [row, col] = [top + u, left + v];
          const inside = row >= 0 && row < height && col >= 0 && col < width;
          const value = inside ? x[((n * channels + c) * height + row) * width + col]! : padding;
          if (value === undefined) continue;
          best = better(best, value);
          sum += value;
          count++;
        }
      }
      return changes.mean ? sum / count : best;
    },
  };
}

const mistake = (
  id: string,
  cause: string,
  fix: string,
  change: (node: MaxNode) => Changes | undefined,
): Mistake<MaxNode> => ({
  id,
  cause,
  fix,
  evaluate(subject) {
    const changes = change(subject.node);
    return changes === undefined ? undefined : poolAt(subject, changes);
  },
});
const isPadded = ({ pads }: MaxNode) => Object.values(pads).some((pad) => pad > 0);

const PAD_FIX =
  'Read x[i * stride + u - pads.top, j * stride + v - pads.left]: ONNX orders pads top, left, bottom, right.';
const VALUE_FIX = 'Start from minus infinity and skip what is outside the image.';
const ROUND_FIX = 'Round the output size as ceilMode says, and drop a last window that would start in the padding.';
const WINDOW_FIX = 'Window (i, j) is rows i * stride[0] - pads.top + [0, kernel[0]) and columns likewise.';

export const maxPool2dMistakes: MistakesOf<'maxPool2d'> = [
  mistake(
    'floor-for-ceil',
    'The output size is rounded down (floor) where ceilMode rounds it up',
    ROUND_FIX,
    ({ ceilMode }) => (ceilMode ? { node: { ceilMode: false } } : undefined),
  ),
  mistake(
    'ceil-for-floor',
    'The output size is rounded up (ceil) where it must be rounded down',
    ROUND_FIX,
    ({ ceilMode }) => (ceilMode ? undefined : { node: { ceilMode: true } }),
  ),
  mistake('ceil-windows-zero', 'Windows that ceilMode adds are left at 0', ROUND_FIX, ({ ceilMode }) =>
    ceilMode ? { zeroBeyondFloor: true } : undefined,
  ),
  mistake('padding-is-zero', 'Padding counts as 0, not as minus infinity', VALUE_FIX, (node) =>
    isPadded(node) ? { padding: 0 } : undefined,
  ),
  mistake('padding-is-finite', 'Padding counts as a large negative number, not as minus infinity', VALUE_FIX, () => ({
    start: -1e30,
  })),
  mistake('maximum-starts-at-zero', 'The maximum starts at 0', VALUE_FIX, () => ({ start: 0 })),
  mistake('pads-top-bottom-swapped', 'Padding is on the wrong side: top and bottom are swapped', PAD_FIX, ({ pads }) =>
    pads.top === pads.bottom ? undefined : { node: { pads: { ...pads, top: pads.bottom, bottom: pads.top } } },
  ),
  mistake('pads-left-right-swapped', 'Padding is on the wrong side: left and right are swapped', PAD_FIX, ({ pads }) =>
    pads.left === pads.right ? undefined : { node: { pads: { ...pads, left: pads.right, right: pads.left } } },
  ),
  mistake(
    'pads-reversed',
    'Padding is on the wrong side: begin and end are swapped',
    PAD_FIX,
    ({ pads: { top, left, bottom, right } }) => ({
      node: { pads: { top: bottom, left: right, bottom: top, right: left } },
    }),
  ),
  mistake('pads-ignored', 'There is no padding', PAD_FIX, (node) =>
    isPadded(node) ? { node: { pads: { top: 0, left: 0, bottom: 0, right: 0 } } } : undefined,
  ),
  mistake('window-transposed', 'Rows and columns of the window are swapped', WINDOW_FIX, ({ kernel: [h, w] }) =>
    h === w ? undefined : { node: { kernel: [w, h] } },
  ),
  mistake('strides-swapped', 'The strides of rows and columns are swapped', WINDOW_FIX, ({ stride: [h, w] }) =>
    h === w ? undefined : { node: { stride: [w, h] } },
  ),
  mistake('stride-is-kernel', 'The stride is that of windows side by side', WINDOW_FIX, ({ kernel }) => ({
    node: { stride: kernel },
  })),
  ...(['top', 'left', 'bottom', 'right'] as const).map((side) =>
    mistake(
      `window-without-${side}`,
      `The ${side} ${side === 'top' || side === 'bottom' ? 'row' : 'column'} of the window is not read`,
      WINDOW_FIX,
      ({ kernel }) => (kernel[side === 'top' || side === 'bottom' ? 0 : 1] === 1 ? undefined : { skip: { [side]: 1 } }),
    ),
  ),
  ...(
    [
      ['row-late', -1, 0, 'row too far down'],
      ['row-early', 1, 0, 'row too far up'],
      ['column-late', 0, -1, 'column too far right'],
      ['column-early', 0, 1, 'column too far left'],
    ] as const
  ).map(([id, top, left, text]) =>
    mistake(`windows-a-${id}`, `Every window starts one ${text}`, WINDOW_FIX, ({ pads }) => ({
      node: {
        pads: { top: pads.top + top, bottom: pads.bottom - top, left: pads.left + left, right: pads.right - left },
      },
    })),
  ),
  mistake(
    'nan-loses',
    'NaN loses against numbers',
    'The maximum of a window with a NaN is NaN: test with x != x, not with x > best.',
    () => ({ better: (best, x) => (x > best ? x : best) }),
  ),
  mistake('mean-for-max', 'The mean is taken instead of the maximum', 'Take the largest of the window.', () => ({
    mean: true,
  })),
  mistake('min-for-max', 'The smallest is taken instead of the largest', 'Take the largest of the window.', () => ({
    start: Number.POSITIVE_INFINITY,
    better: Math.min,
  })),
];
