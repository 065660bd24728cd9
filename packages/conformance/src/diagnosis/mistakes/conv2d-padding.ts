import type { Pads, Pair } from '@alexnet/core';
import { indexOf, type Mistake } from '../mistake.ts';
import { type Changes, type Geometry, geometryOf, type Products } from '../products.ts';
import { changed } from './products.ts';

const reads = ({ input }: Products, { image }: Geometry) => {
  return (n: number, c: number, r: number, s: number) => input.data[indexOf(n, c, r, s, image)]!;
};
/** The output extents that a stride, padding and rounding give. */
export function extents({ image, window, output }: Geometry, [down, across]: Pair, pads: Pads) {
  const rows = Math.floor((image[1] + pads.top + pads.bottom - window[1]) / down) + 1;
  const cols = Math.floor((image[2] + pads.left + pads.right - window[2]) / across) + 1;
  return [output[0], rows, cols] as const;
}
const differ = (a: Pads, b: Pads) =>
  a.top !== b.top || a.left !== b.left || a.bottom !== b.bottom || a.right !== b.right;

const PAD_FIX =
  'Read x[i * stride + u - pads.top, j * stride + v - pads.left]: ONNX orders pads top, left, bottom, right.';
/** Padding on other sides. */
const padded = (id: string, cause: string, to: (pads: Pads, geometry: Geometry) => Pads) =>
  changed(id, cause, PAD_FIX, (subject) => {
    const geometry = geometryOf(subject);
    const pads = to(geometry.pads, geometry);
    if (!differ(pads, geometry.pads)) return undefined;
    return { pads, output: extents(geometry, geometry.stride, pads) };
  });
const halves = (a: number, b: number): Pair => [Math.floor((a + b) / 2), Math.ceil((a + b) / 2)];

export const padding: readonly Mistake<Products['node']>[] = [
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
  padded(
    'pads-balanced-end',
    'Padding is divided evenly, the odd one at the end (SAME_UPPER)',
    ({ top, left, bottom, right }) => {
      const [[t, b], [l, r]] = [halves(top, bottom), halves(left, right)];
      return { top: t, left: l, bottom: b, right: r };
    },
  ),
  padded(
    'pads-balanced-begin',
    'Padding is divided evenly, the odd one at the begin (SAME_LOWER)',
    ({ top, left, bottom, right }) => {
      const [[t, b], [l, r]] = [halves(bottom, top), halves(right, left)];
      return { top: b, left: r, bottom: t, right: l };
    },
  ),
  padded('pads-ignored', 'There is no padding', () => ({ top: 0, left: 0, bottom: 0, right: 0 })),
];

const VALUE_FIX = 'Count what stands beside the image as 0, and test rows and columns each against the image.';
const beside = (
  id: string,
  cause: string,
  outside: (subject: Products, geometry: Geometry) => Changes['outside'] & {},
) =>
  changed(id, cause, VALUE_FIX, (subject) => {
    const geometry = geometryOf(subject);
    return Object.values(geometry.pads).some((pad) => pad > 0) ? { outside: outside(subject, geometry) } : undefined;
  });
const within = (value: number, extent: number) => Math.min(extent - 1, Math.max(0, value));
const mirrored = (value: number, extent: number) =>
  within(value < 0 ? -value : value >= extent ? 2 * extent - 2 - value : value, extent);

export const paddingValue: readonly Mistake<Products['node']>[] = [
  beside('padding-repeats-edge', 'Padding repeats the edge of the image', (subject, geometry) => {
    const read = reads(subject, geometry);
    const [, height, width] = geometry.image;
    return (n, c, r, s) => read(n, c, within(r, height), within(s, width));
  }),
  beside('padding-reflects', 'Padding mirrors the image', (subject, geometry) => {
    const read = reads(subject, geometry);
    const [, height, width] = geometry.image;
    return (n, c, r, s) => read(n, c, mirrored(r, height), mirrored(s, width));
  }),
  beside(
    'padding-reads-neighbours',
    'What stands beside a row is read from the row before or after it',
    ({ input }, { image }) => {
      return (n, c, r, s) => (r < 0 || r >= image[1] ? 0 : (input.data[indexOf(n, c, r, s, image)] ?? 0));
    },
  ),
  beside('padding-wraps', 'What stands beside the image is read from its other side', (subject, geometry) => {
    const read = reads(subject, geometry);
    const [, height, width] = geometry.image;
    return (n, c, r, s) => read(n, c, (r + height * 9) % height, (s + width * 9) % width);
  }),
  beside('padding-is-one', 'Padding counts as 1', () => () => 1),
  beside(
    'padding-is-minus-infinity',
    'Padding counts as minus infinity, as in max pooling',
    () => () => Number.NEGATIVE_INFINITY,
  ),
];
