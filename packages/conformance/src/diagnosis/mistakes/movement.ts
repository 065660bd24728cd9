import type { Node, NodeOf, Pads } from '@alexnet/core';
import { imageOf, indexOf, type Mistake, type MistakesOf, placeOf } from '../mistake.ts';

/* ReLU, dropout, flatten and padding: nothing is computed, so that the mistakes are about which value comes out. */

const mistake = <N extends Node>(
  id: string,
  cause: string,
  fix: string,
  evaluate: Mistake<N>['evaluate'],
): Mistake<N> => ({ id, cause, fix, evaluate });

const leaky = (slope: number) =>
  mistake<NodeOf<'relu'>>(`leaky-${slope}`, `Negative values leak, times ${slope}`, 'y = max(0, x).', ({ input }) => ({
    at: (i) => (input.data[i]! < 0 ? slope * input.data[i]! : input.data[i]!),
  }));

export const reluMistakes: MistakesOf<'relu'> = [
  mistake(
    'nan-lost',
    'NaN becomes 0',
    'Keep NaN: x < 0 ? 0 : x, not max(x, 0) of a language that drops NaN.',
    ({ input }) => ({ at: (i) => (input.data[i]! > 0 ? input.data[i]! : 0) }),
  ),
  mistake('missing', 'There is no ReLU', 'y = max(0, x).', ({ input }) => ({ at: (i) => input.data[i]! })),
  leaky(0.01),
  leaky(0.1),
  leaky(0.2),
  leaky(0.3),
  mistake('clamped-at-6', 'Values are clamped at 6 (ReLU6)', 'y = max(0, x), without an upper end.', ({ input }) => ({
    at: (i) => Math.min(6, Math.max(0, input.data[i]!)),
  })),
  mistake('clamped-at-1', 'Values are clamped at 1', 'y = max(0, x), without an upper end.', ({ input }) => ({
    at: (i) => Math.min(1, Math.max(0, input.data[i]!)),
  })),
  mistake('absolute', 'The absolute value is taken', 'y = max(0, x).', ({ input }) => ({
    at: (i) => Math.abs(input.data[i]!),
  })),
  mistake('negated', 'Positive values become 0 instead of negative ones', 'y = max(0, x).', ({ input }) => ({
    at: (i) => Math.min(0, input.data[i]!),
  })),
];

const DROPOUT_FIX = 'At inference dropout changes nothing: drop it from the graph.';

export const dropoutMistakes: MistakesOf<'dropout'> = [
  mistake('scaled-up', 'Values are divided by 1 - rate, as in training', DROPOUT_FIX, ({ node, input }) => ({
    at: (i) => input.data[i]! / (1 - node.rate),
  })),
  mistake(
    'scaled-down',
    "Values are multiplied with 1 - rate, as the paper's weights want it",
    DROPOUT_FIX,
    ({ node, input }) => ({ at: (i) => input.data[i]! * (1 - node.rate) }),
  ),
  // which values are dropped is random: whatever came out as 0 is taken for dropped, if some did and all others are right
  mistake('drops', 'Values are dropped at inference', DROPOUT_FIX, ({ input, got }) => ({
    at: (i) => (got.data[i] === 0 ? 0 : input.data[i]!),
  })),
  mistake(
    'drops-and-scales',
    'Values are dropped, and the others divided by 1 - rate, as in training',
    DROPOUT_FIX,
    ({ node, input, got }) => ({
      at: (i) => (got.data[i] === 0 ? 0 : input.data[i]! / (1 - node.rate)),
    }),
  ),
];

const FLATTEN_FIX =
  'Flatten channel by channel, row by row (CHW); a backend with channels last must reorder, or reorder the weights.';

export const flattenMistakes: MistakesOf<'flatten'> = [
  mistake('hwc', 'Values are flattened in the order HWC, not CHW', FLATTEN_FIX, ({ input }) => {
    const image = imageOf(input.shape);
    const [channels, height, width] = image;
    return {
      at(i) {
        const n = Math.floor(i / (channels * height * width));
        const within = i % (channels * height * width);
        const pixel = Math.floor(within / channels);
        return input.data[indexOf(n, within % channels, Math.floor(pixel / width), pixel % width, image)]!;
      },
    };
  }),
  mistake('cwh', 'Values are flattened column by column (CWH)', FLATTEN_FIX, ({ input }) => {
    const image = imageOf(input.shape);
    const [channels, height, width] = image;
    return {
      at(i) {
        const { n, c, r, s } = placeOf(i, [channels, width, height]);
        return input.data[indexOf(n, c, s, r, image)]!;
      },
    };
  }),
  mistake('batch-innermost', 'The samples of a batch are interleaved', FLATTEN_FIX, ({ input, batch }) => {
    const size = input.data.length / batch;
    return { at: (i) => input.data[(i % batch) * size + Math.floor(i / batch)]! };
  }),
];

const PAD_FIX = 'y[r, s] = x[r - pads.top, s - pads.left], 0 outside: ONNX orders pads top, left, bottom, right.';

const padded = (id: string, cause: string, change: (pads: Pads) => Pads, outside: 'zero' | 'edge' | number = 'zero') =>
  mistake<NodeOf<'pad2d'>>(id, cause, PAD_FIX, ({ node, input, batch }) => {
    const image = imageOf(input.shape);
    const [channels, height, width] = image;
    const pads = change(node.pads);
    const output = [channels, height + pads.top + pads.bottom, width + pads.left + pads.right] as const;
    return {
      shape: [batch, ...output],
      at(i) {
        const { n, c, r, s } = placeOf(i, output);
        const [row, col] = [r - pads.top, s - pads.left];
        if (row >= 0 && row < height && col >= 0 && col < width) return input.data[indexOf(n, c, row, col, image)]!;
        if (typeof outside === 'number') return outside;
        const [r2, s2] = [Math.min(height - 1, Math.max(0, row)), Math.min(width - 1, Math.max(0, col))];
        return outside === 'zero' ? 0 : input.data[indexOf(n, c, r2, s2, image)]!;
      },
    };
  });
const same = (pads: Pads) => pads;

export const pad2dMistakes: MistakesOf<'pad2d'> = [
  padded('pads-top-bottom-swapped', 'Padding is on the wrong side: top and bottom are swapped', (pads) => ({
    ...pads,
    top: pads.bottom,
    bottom: pads.top,
  })),
  padded('pads-left-right-swapped', 'Padding is on the wrong side: left and right are swapped', (pads) => ({
    ...pads,
    left: pads.right,
    right: pads.left,
  })),
  padded(
    'pads-reversed',
    'Padding is on the wrong side: begin and end are swapped',
    ({ top, left, bottom, right }) => ({ top: bottom, left: right, bottom: top, right: left }),
  ),
  padded('pads-rows-columns-swapped', 'Padding of rows and of columns is swapped', ({ top, left, bottom, right }) => ({
    top: left,
    left: top,
    bottom: right,
    right: bottom,
  })),
  padded('padding-is-minus-infinity', 'Padding is minus infinity, as in max pooling', same, Number.NEGATIVE_INFINITY),
  padded('padding-repeats-edge', 'Padding repeats the edge of the image', same, 'edge'),
  padded('padding-is-one', 'Padding is 1', same, 1),
  padded('pads-ignored', 'There is no padding', () => ({ top: 0, left: 0, bottom: 0, right: 0 })),
];
