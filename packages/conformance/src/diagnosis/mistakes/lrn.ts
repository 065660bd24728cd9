import type { NodeOf } from '@alexnet/core';
import {
  along,
  type Guess,
  imageOf,
  indexAt,
  type Mistake,
  type MistakesOf,
  placeOf,
  type Subject,
} from '../mistake.ts';
import { toHalfPrecision } from '../rounding.ts';

type Lrn = Subject<NodeOf<'lrn'>>;
type Node = NodeOf<'lrn'>;

/** What is done differently from y = x / (bias + alpha/size * S)^beta, S the sum of squares of channels c - floor((size-1)/2) to c + ceil((size-1)/2). */
interface Changes {
  readonly node?: Partial<Node>;
  /** alpha/size, given the count of channels in the window that exist. */
  readonly factor?: (existing: number) => number;
  /** How many channels below and above. */
  readonly reach?: readonly [number, number];
  readonly square?: (x: number) => number;
  /** Along which axis the window lies. */
  readonly axis?: 'n' | 'c' | 'r' | 's';
  readonly value?: (x: number, power: number) => number;
}

function lrnAt({ node: right, input, batch }: Lrn, changes: Changes): Guess {
  const node = { ...right, ...changes.node };
  const image = imageOf(input.shape);
  const x = input.data;
  const before = changes.reach?.[0] ?? Math.floor((right.size - 1) / 2);
  const after = changes.reach?.[1] ?? Math.ceil((right.size - 1) / 2);
  const { axis = 'c', square = (v) => v * v, value = (v, power) => v / power } = changes;
  const factor = changes.factor ?? (() => node.alpha / right.size);
  const count = { n: batch, c: image[0], r: image[1], s: image[2] }[axis];
  return {
    at(i) {
      const place = placeOf(i, image);
      const [from, to] = [Math.max(0, place[axis] - before), Math.min(count - 1, place[axis] + after)];
      let sum = 0;
      for (let j = from; j <= to; j++) {
        sum += square(x[indexAt({ ...place, ...along(axis, j) }, image)]!);
      }
      return value(x[i]!, (node.bias + factor(to - from + 1) * sum) ** node.beta);
    },
  };
}

const mistake = (
  id: string,
  cause: string,
  fix: string,
  change: (subject: Lrn) => Changes | undefined,
): Mistake<Node> => ({
  id,
  cause,
  fix,
  evaluate(subject) {
    const changes = change(subject);
    return changes === undefined ? undefined : lrnAt(subject, changes);
  },
});

const ALPHA_FIX = 'Multiply the sum of squares with alpha / size (TensorFlow wants alpha / size handed over as alpha).';
const CONSTANTS_FIX = 'y = x / (bias + alpha / size * S)^beta, each constant read from its own attribute.';
const WINDOW_FIX = 'The window is channels c - floor((size-1)/2) to c + ceil((size-1)/2), cut where there are none.';

const constant = (name: 'alpha' | 'beta' | 'bias', value: number) =>
  mistake(
    `${name}-is-${value}`,
    `${name === 'bias' ? 'k (bias)' : name} is always ${value}`,
    CONSTANTS_FIX,
    ({ node }) => (node[name] === value ? undefined : { node: { [name]: value } }),
  );
const read = (name: 'alpha' | 'beta' | 'bias', from: 'alpha' | 'beta' | 'bias') =>
  mistake(`${from}-read-for-${name}`, `${from} is read for ${name}`, CONSTANTS_FIX, ({ node }) =>
    node[name] === node[from] ? undefined : { node: { [name]: node[from] } },
  );

export const lrnMistakes: MistakesOf<'lrn'> = [
  mistake(
    'alpha-not-divided',
    'alpha is not divided by size: the convention of the paper and of TensorFlow, not that of Caffe and ONNX',
    ALPHA_FIX,
    ({ node }) => (node.size === 1 ? undefined : { factor: () => node.alpha }),
  ),
  mistake('alpha-divided-twice', 'alpha is divided by size twice', ALPHA_FIX, ({ node }) =>
    node.size === 1 ? undefined : { factor: () => node.alpha / node.size ** 2 },
  ),
  constant('bias', 1),
  constant('bias', 2),
  constant('beta', 0.75),
  constant('beta', 1),
  constant('beta', 0.5),
  constant('alpha', 1e-4),
  mistake(
    'window-over-columns',
    'The window lies along the columns of the image, not along the channels',
    WINDOW_FIX,
    () => ({ axis: 's' }),
  ),
  mistake(
    'window-over-rows',
    'The window lies along the rows of the image, not along the channels',
    WINDOW_FIX,
    () => ({ axis: 'r' }),
  ),
  mistake(
    'window-over-batch',
    'The window lies along the samples of the batch, not along the channels',
    WINDOW_FIX,
    () => ({ axis: 'n' }),
  ),
  mistake(
    'even-window-reversed',
    'An even window reaches one channel further down than up',
    WINDOW_FIX,
    ({ node: { size } }) => (size % 2 === 1 ? undefined : { reach: [size / 2, size / 2 - 1] }),
  ),
  mistake(
    'size-is-radius',
    'size is taken for a radius: the window has 2 size + 1 channels',
    WINDOW_FIX,
    ({ node: { size } }) => ({ reach: [size, size] }),
  ),
  mistake('window-without-last-channel', 'The window lacks its last channel', WINDOW_FIX, ({ node: { size } }) =>
    size === 1 ? undefined : { reach: [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2) - 1] },
  ),
  mistake('window-without-first-channel', 'The window lacks its first channel', WINDOW_FIX, ({ node: { size } }) =>
    size <= 2 ? undefined : { reach: [Math.floor((size - 1) / 2) - 1, Math.ceil((size - 1) / 2)] },
  ),
  mistake('window-of-one-size-less', 'The window has one channel less than size', WINDOW_FIX, ({ node: { size } }) =>
    size <= 2 ? undefined : { reach: [Math.floor((size - 2) / 2), Math.ceil((size - 2) / 2)] },
  ),
  mistake('window-a-channel-late', 'The window starts one channel too far up', WINDOW_FIX, ({ node: { size } }) => ({
    reach: [Math.floor((size - 1) / 2) - 1, Math.ceil((size - 1) / 2) + 1],
  })),
  mistake(
    'divisor-is-clipped',
    'alpha is divided by the number of channels in the window, not by size',
    'The divisor stays size where the window is cut at the first and last channels.',
    ({ node }) => ({ factor: (existing) => node.alpha / existing }),
  ),
  mistake(
    'divisor-is-channels',
    'alpha is divided by the number of channels, where there are fewer than size',
    'The divisor is size, also where there are fewer channels.',
    ({ node, input }) => (input.shape[0]! < node.size ? { factor: () => node.alpha / input.shape[0]! } : undefined),
  ),
  read('beta', 'alpha'),
  read('bias', 'alpha'),
  read('alpha', 'beta'),
  read('bias', 'beta'),
  read('alpha', 'bias'),
  read('beta', 'bias'),
  mistake('values-not-squared', 'The window adds up values, not squares', CONSTANTS_FIX, () => ({ square: Math.abs })),
  mistake('multiplied', 'Values are multiplied with the power, not divided by it', CONSTANTS_FIX, () => ({
    value: (v, power) => v * power,
  })),
  mistake(
    'squares-in-half',
    'Squares are taken in half precision',
    'Take squares and their sum in float32: 256 squared leaves the range of half precision.',
    () => ({ square: (v) => toHalfPrecision(v * v) }),
  ),
  mistake(
    'squares-overflow-half',
    'Squares above 65504 become infinite, as in half precision',
    'Take squares and their sum in float32: 256 squared leaves the range of half precision.',
    () => ({
      square: (v) => (Number.isFinite(toHalfPrecision(v * v)) ? v * v : Number.POSITIVE_INFINITY),
    }),
  ),
];
