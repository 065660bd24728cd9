import { indexOf, type Mistake, placeOf } from '../mistake.ts';
import { type Changes, type Geometry, geometryOf, type Products, productsAt } from '../products.ts';
import { changed } from './products.ts';

const LAYOUT_FIX = 'Weights are OIHW: [out, in/groups, kh, kw], and are not flipped.';
/** The weight's memory in another order: `at` gives the place of (o, k, u, v). */
const relaid = (
  id: string,
  cause: string,
  at: (o: number, k: number, u: number, v: number, extents: readonly [number, number, number, number]) => number,
) =>
  changed(id, cause, LAYOUT_FIX, (subject) => {
    const { window, output } = geometryOf(subject);
    const w = subject.weights.get(subject.node.weight)!.data;
    const all = [output[0], ...window] as const;
    return { weight: (o, k, u, v) => w[at(o, k, u, v, all)]! };
  });

export const layouts: readonly Mistake<Products['node']>[] = [
  relaid(
    'kernel-flipped',
    'The kernel is flipped, as in a true convolution',
    (o, k, u, v, [, i, h, w]) => ((o * i + k) * h + (h - 1 - u)) * w + (w - 1 - v),
  ),
  relaid(
    'weights-read-as-hwio',
    'Weights are read as HWIO',
    (o, k, u, v, [out, i, , w]) => ((u * w + v) * i + k) * out + o,
  ),
  relaid(
    'weights-read-as-ohwi',
    'Weights are read as OHWI',
    (o, k, u, v, [, i, h, w]) => ((o * h + u) * w + v) * i + k,
  ),
  relaid(
    'weights-read-as-iohw',
    'Weights are read as [in, out, kh, kw]',
    (o, k, u, v, [out, , h, w]) => ((k * out + o) * h + u) * w + v,
  ),
  relaid(
    'kernel-transposed',
    'Rows and columns of the kernel are swapped',
    (o, k, u, v, [, i, h, w]) => (o * i + k) * h * w + v * h + u,
  ),
];

const GROUP_FIX = 'Group g = floor(o / (out/groups)) reads channels g * in/groups to (g + 1) * in/groups - 1.';
const grouped = (id: string, cause: string, change: (subject: Products, geometry: Geometry) => Changes) =>
  changed(id, cause, GROUP_FIX, (subject) => {
    const geometry = geometryOf(subject);
    return geometry.groups === 1 ? undefined : change(subject, geometry);
  });
const groupOf = (o: number, { output, groups }: Geometry) => Math.floor(o / (output[0] / groups));

/** Output channels at other places: dealt out to the groups, or collected from them. */
const dealtOut = (from: (c: number, groups: number, perGroup: number) => number): Mistake<Products['node']> => ({
  id: 'output-groups-interleaved',
  cause: 'Output channels are dealt out to groups in turn',
  fix: GROUP_FIX,
  evaluate(subject) {
    const { groups: count, output } = geometryOf(subject as Products);
    if (count === 1) return undefined;
    const right = productsAt(subject as Products);
    return {
      at(i) {
        const { n, c, r, s } = placeOf(i, output);
        return right(indexOf(n, from(c, count, output[0] / count), r, s, output));
      },
    };
  },
});

export const groups: readonly Mistake<Products['node']>[] = [
  grouped(
    'groups-interleaved',
    'The group of an input channel is its number modulo groups',
    (_, { groups: count, ...rest }) => ({
      channel: (o, k) => k * count + groupOf(o, { groups: count, ...rest }),
    }),
  ),
  dealtOut((c, count, perGroup) => (c % count) * perGroup + Math.floor(c / count)),
  dealtOut((c, count, perGroup) => (c % perGroup) * count + Math.floor(c / perGroup)),
  grouped('groups-read-first-channels', 'Every group reads the channels of the first', () => ({
    channel: (_o, k) => k,
  })),
  grouped('groups-reversed', 'Groups read the channels of each other, in reverse', (_, geometry) => ({
    channel: (o, k) => (geometry.groups - 1 - groupOf(o, geometry)) * geometry.window[0] + k,
  })),
  grouped(
    'groups-share-weights',
    'Every group uses the weights of the first',
    (subject, { output, groups: count, window: [perGroup, kh, kw] }) => {
      const w = subject.weights.get(subject.node.weight)!.data;
      return { weight: (o, k, u, v) => w[(((o % (output[0] / count)) * perGroup + k) * kh + u) * kw + v]! };
    },
  ),
];

export const channels: readonly Mistake<Products['node']>[] = [
  changed(
    'channels-reversed',
    'Input channels are reversed: BGR for RGB',
    'Give the channels in the order that the weights were trained with.',
    (subject) => {
      const geometry = geometryOf(subject);
      const count = geometry.image[0];
      if (count === 1) return undefined;
      return { channel: (o, k) => count - 1 - (groupOf(o, geometry) * geometry.window[0] + k) };
    },
  ),
  changed(
    'input-read-as-hwc',
    'The input is read as HWC',
    'The input is NCHW: channel by channel, row by row.',
    (subject) => {
      const { image } = geometryOf(subject);
      const x = subject.input.data;
      const [count, height, width] = image;
      return count === 1 || height * width === 1
        ? undefined
        : { pixel: (n, c, r, s) => x[((n * height + r) * width + s) * count + c]! };
    },
  ),
];
