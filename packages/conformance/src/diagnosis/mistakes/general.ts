import { along, type Guess, imageOf, indexAt, indexOf, type Mistake, placeOf, type Subject } from '../mistake.ts';
import { toBfloat16, toHalfPrecision } from '../rounding.ts';

/* What can go wrong with any op: results in the wrong place, stored in too few bits, not computed, or of another sample. */

const SMALLEST_NORMAL = 2 ** -126;

const mistake = (
  id: string,
  cause: string,
  fix: string,
  evaluate: (subject: Subject) => Guess | undefined,
): Mistake => ({ id, cause, fix, evaluate });
/** A function of the right value, the ReLU included. */
const mapped = (id: string, cause: string, fix: string, f: (value: number) => number) =>
  mistake(id, cause, fix, ({ want }) => ({ final: true, at: (i) => f(want.data[i]!) }));

type Image = readonly [number, number, number];
/** The right values at other places; undefined is a place with nothing. */
const moved = (
  id: string,
  cause: string,
  fix: string,
  from: (i: number, image: Image, batch: number) => number | undefined,
) =>
  mistake(id, cause, fix, ({ want, batch }) => {
    const image = imageOf(want.shape.slice(1));
    return {
      final: true,
      at(i) {
        const at = from(i, image, batch);
        return at === undefined ? 0 : want.data[at]!;
      },
    };
  });

const shift = (axis: 'c' | 'r' | 's', by: number) => (i: number, image: Image) => {
  const place = placeOf(i, image);
  const to = place[axis] + by;
  const extent = { c: image[0], r: image[1], s: image[2] }[axis];
  if (to < 0 || to >= extent) return undefined;
  return indexAt({ ...place, ...along(axis, to) }, image);
};

const BATCH_FIX = 'Add the offset of the sample, n * size, to every index, in reading and in writing.';
const ORDER_FIX = 'Write element (n, c, i, j) at ((n * C + c) * H + i) * W + j.';

/** A ReLU in the same kernel. */
const ofRelu: readonly Mistake[] = [
  mistake(
    'relu-missing',
    'The ReLU that follows is missing',
    'Apply max(0, x) after the sum and its bias.',
    ({ relu, beforeRelu }) => (relu ? { final: true, at: (i) => beforeRelu[i]! } : undefined),
  ),
  ...[0.01, 0.1, 0.2].map((slope) =>
    mistake(
      `relu-leaky-${slope}`,
      `Negative values leak through the ReLU, times ${slope}`,
      'Apply max(0, x).',
      ({ relu, beforeRelu }) =>
        relu ? { final: true, at: (i) => (beforeRelu[i]! < 0 ? slope * beforeRelu[i]! : beforeRelu[i]!) } : undefined,
    ),
  ),
  mistake(
    'relu-clamps-at-6',
    'The ReLU that follows clamps at 6',
    'Apply max(0, x), without an upper end.',
    ({ relu, want }) => (relu ? { final: true, at: (i) => Math.min(6, want.data[i]!) } : undefined),
  ),
  mistake('relu-loses-nan', 'NaN becomes 0 in the ReLU that follows', 'Keep NaN: x < 0 ? 0 : x.', ({ relu, want }) =>
    relu ? { final: true, at: (i) => (Number.isNaN(want.data[i]!) ? 0 : want.data[i]!) } : undefined,
  ),
];

export const generalMistakes: readonly Mistake[] = [
  ...ofRelu,
  mapped('stored-in-half', 'Results are stored in half precision', 'Store results in float32.', toHalfPrecision),
  mapped('stored-in-bfloat16', 'Results are stored in bfloat16', 'Store results in float32.', toBfloat16),
  mapped(
    'nan-lost',
    'NaN becomes 0',
    'Let NaN through: comparisons with NaN are false, min and max of some languages drop it.',
    (value) => (Number.isNaN(value) ? 0 : value),
  ),
  mapped('infinity-lost', 'Infinities become the largest float32', 'Let infinities through: do not clamp.', (value) =>
    Math.abs(value) === Number.POSITIVE_INFINITY ? Math.sign(value) * (2 - 2 ** -23) * 2 ** 127 : value,
  ),
  mapped(
    'sign-of-zero-lost',
    'Minus zero loses its sign',
    'Copy bits instead of adding 0 or multiplying with 1.',
    (value) => value + 0,
  ),
  mapped(
    'denormals-flushed',
    'Numbers below the smallest normal float32 become 0',
    'Move data without computing on it.',
    (value) => (Math.abs(value) < SMALLEST_NORMAL ? 0 : value),
  ),
  mapped(
    'nothing-written',
    'Nothing is written: all is 0',
    'Run the kernel before the result is read, and on all of it.',
    () => 0,
  ),
  mapped(
    'all-nan',
    'All is NaN',
    'Look for memory that was never written, 0 / 0, or infinity minus infinity.',
    () => Number.NaN,
  ),
  mapped('negated', 'The sign is wrong', 'Do not negate the result.', (value) => -value),
  moved('first-sample-for-all', 'Every sample gets the result of the first', BATCH_FIX, (i, [c, h, w], batch) =>
    batch === 1 ? undefined : i % (c * h * w),
  ),
  moved('samples-reversed', 'The samples of a batch come out in reverse', BATCH_FIX, (i, [c, h, w], batch) => {
    const size = c * h * w;
    return (batch - 1 - Math.floor(i / size)) * size + (i % size);
  }),
  moved(
    'samples-shifted',
    'Every sample gets the result of the next',
    BATCH_FIX,
    (i, [c, h, w], batch) => (i + c * h * w) % (batch * c * h * w),
  ),
  moved('channels-last', 'Results come out in the order NHWC, not NCHW', ORDER_FIX, (i, image) => {
    const [channels, height, width] = image;
    const n = Math.floor(i / (channels * height * width));
    const pixel = Math.floor((i % (channels * height * width)) / channels);
    return indexOf(n, i % channels, Math.floor(pixel / width), pixel % width, image);
  }),
  moved('image-transposed', 'Rows and columns of the result are swapped', ORDER_FIX, (i, image) => {
    const { n, c, r, s } = placeOf(i, [image[0], image[2], image[1]]);
    return indexOf(n, c, s, r, image);
  }),
  moved('channels-reversed', 'The channels of the result are in reverse', ORDER_FIX, (i, image) => {
    const { n, c, r, s } = placeOf(i, image);
    return indexOf(n, image[0] - 1 - c, r, s, image);
  }),
  moved('shifted-right', 'The result is shifted one column to the right', ORDER_FIX, shift('s', -1)),
  moved('shifted-left', 'The result is shifted one column to the left', ORDER_FIX, shift('s', 1)),
  moved('shifted-down', 'The result is shifted one row down', ORDER_FIX, shift('r', -1)),
  moved('shifted-up', 'The result is shifted one row up', ORDER_FIX, shift('r', 1)),
  moved('shifted-channels', 'The result is shifted by one channel', ORDER_FIX, shift('c', -1)),
  moved('shifted-by-one', 'The result is shifted by one element', ORDER_FIX, (i) => (i === 0 ? undefined : i - 1)),
  mistake(
    'input-returned',
    'The input is returned as it was',
    'Run the op: its result was never written over the input.',
    ({ input, want }) =>
      input.data.length === want.data.length ? { final: true, at: (i) => input.data[i]! } : undefined,
  ),
];
