import { noPads } from '../../ops/case.ts';
import type { Step } from '../lab.ts';
import type { Law } from '../law.ts';
import { agree, gather, gatherMeasured, joined, known, plus, times } from '../measured.ts';
import { random } from './random.ts';

const plain = { stride: [1, 1], pads: noPads, groups: 1 } as const;
const image = random([2, 6, 9, 11], 'image');
const weight = random([8, 6, 3, 4], 'weight');
const bias = random([8], 'bias');
const conv: Step = { op: 'conv2d', weight, bias, ...plain };
/** 0, 1, 2, 3, 4, 5 to 3, 0, 5, 2, 1, 4: no two neighbours stay together. */
const shuffled = (c: number, of: number) => (c * 5 + 3) % of;

export const convolutionLaws: readonly Law[] = [
  {
    slug: 'conv2d/groups',
    ops: ['conv2d'],
    name: 'A grouped convolution is the convolutions of the slices, side by side',
    why: 'a group that reads channels or weights of another gives other numbers than it does alone',
    async check(lab) {
      const stride = [2, 1] as const;
      const pads = { top: 1, left: 2, bottom: 0, right: 1 };
      const grouped = random([9, 2, 3, 4], 'grouped');
      const [whole] = await lab.run(
        [{ op: 'conv2d', weight: grouped, bias: random([9], 'b'), stride, pads, groups: 3 }],
        [image],
      );
      const parts = [];
      for (let g = 0; g < 3; g++) {
        const part = gather(image, [2, 2, 9, 11], ([n, c, i, j]) => [n!, 2 * g + c!, i!, j!]);
        const w = gather(grouped, [3, 2, 3, 4], ([o, ...rest]) => [3 * g + o!, ...rest]);
        const b = gather(random([9], 'b'), [3], ([o]) => [3 * g + o!]);
        parts.push((await lab.run([{ op: 'conv2d', weight: w, bias: b, stride, pads, groups: 1 }], [part]))[0]!);
      }
      return agree(whole!, joined(parts, 1));
    },
  },
  {
    slug: 'conv2d/additive',
    ops: ['conv2d'],
    name: 'The convolution of a sum is the sum of the convolutions',
    why: 'anything that is not linear, such as a clamp or a rounding to half precision, shows',
    async check(lab) {
      // multiples of 2^-23 below 1, whose sums float32 holds exactly
      const other = random([2, 6, 9, 11], 'other');
      const both = { shape: image.shape, data: image.data.map((x, i) => x + other.data[i]!) };
      const [a, b, sum] = await lab.run([{ op: 'conv2d', weight, ...plain }], [image, other, both]);
      return agree(sum!, plus(a!, b!));
    },
  },
  {
    slug: 'conv2d/scaling',
    ops: ['conv2d'],
    name: 'An image times 1024 gives the result times 1024',
    why: 'a constant that is added, or a range that ends, does not grow with the image',
    async check(lab) {
      const scaled = { shape: image.shape, data: image.data.map((x) => x * 1024) };
      const [one, many] = await lab.run([{ op: 'conv2d', weight, ...plain }], [image, scaled]);
      return agree(many!, times(one!, 1024));
    },
  },
  {
    slug: 'conv2d/bias',
    ops: ['conv2d'],
    name: 'The bias is added once to every pixel of its channel',
    why: 'a bias may be left out, doubled, or added where channels are split',
    async check(lab) {
      const [withBias] = await lab.run([conv], [image]);
      const [without] = await lab.run([{ op: 'conv2d', weight, ...plain }], [image]);
      const spread = gatherMeasured(known(bias), withBias!.shape, ([, o]) => [o!]);
      return agree(withBias!, plus(without!, spread));
    },
  },
  {
    slug: 'conv2d/input-channels',
    ops: ['conv2d'],
    name: 'Channels of image and weights in another order give the same',
    why: 'channels that are read in pairs or fours may be paired with the wrong weights',
    async check(lab) {
      const [before] = await lab.run([conv], [image]);
      const moved = gather(image, image.shape, ([n, c, ...rest]) => [n!, shuffled(c!, 6), ...rest]);
      const w = gather(weight, weight.shape, ([o, c, ...rest]) => [o!, shuffled(c!, 6), ...rest]);
      const [after] = await lab.run([{ op: 'conv2d', weight: w, bias, ...plain }], [moved]);
      return agree(after!, before!);
    },
  },
  {
    slug: 'conv2d/output-channels',
    ops: ['conv2d'],
    name: 'Rows of weights in another order give the channels in that order',
    why: 'an output channel must not depend on its neighbours',
    async check(lab) {
      const [before] = await lab.run([conv], [image]);
      const w = gather(weight, weight.shape, ([o, ...rest]) => [shuffled(o!, 8), ...rest]);
      const b = gather(bias, bias.shape, ([o]) => [shuffled(o!, 8)]);
      const [after] = await lab.run([{ op: 'conv2d', weight: w, bias: b, ...plain }], [image]);
      return agree(
        after!,
        gatherMeasured(before!, before!.shape, ([n, o, ...rest]) => [n!, shuffled(o!, 8), ...rest]),
      );
    },
  },
  {
    slug: 'conv2d/translation',
    ops: ['conv2d'],
    name: 'An image moved by the stride gives the result moved by one',
    why: 'the same window must give the same value wherever it lies: at the edge of a tile, too',
    async check(lab) {
      const [dy, dx] = [2, 3];
      const large = random([1, 3, 19, 25], 'large');
      const w = random([5, 3, 4, 3], 'translated');
      const cut = (top: number, left: number) =>
        gather(large, [1, 3, 17, 22], ([n, c, i, j]) => [n!, c!, i! + top, j! + left]);
      const [still, moved] = await lab.run(
        [{ op: 'conv2d', weight: w, stride: [dy, dx], pads: noPads, groups: 1 }],
        [cut(0, 0), cut(dy, dx)],
      );
      const [, , rows, cols] = still!.shape as [number, number, number, number];
      const inner = [1, 5, rows - 1, cols - 1];
      return agree(
        gatherMeasured(moved!, inner, (index) => index),
        gatherMeasured(still!, inner, ([n, o, i, j]) => [n!, o!, i! + 1, j! + 1]),
      );
    },
  },
  {
    slug: 'conv2d/stride',
    ops: ['conv2d'],
    name: 'A strided convolution is every so manyth value of one at stride 1',
    why: 'strides of rows and columns are swapped, or counted from the wrong end',
    async check(lab) {
      const pads = { top: 1, left: 2, bottom: 3, right: 0 };
      const [dense] = await lab.run([{ op: 'conv2d', weight, bias, stride: [1, 1], pads, groups: 1 }], [image]);
      const [strided] = await lab.run([{ op: 'conv2d', weight, bias, stride: [3, 2], pads, groups: 1 }], [image]);
      return agree(
        strided!,
        gatherMeasured(dense!, strided!.shape, ([n, o, i, j]) => [n!, o!, 3 * i!, 2 * j!]),
      );
    },
  },
  {
    slug: 'conv2d/transposed',
    ops: ['conv2d'],
    name: 'Rows and columns exchanged everywhere give the result with rows and columns exchanged',
    why: 'height and width are taken for each other where they are seldom different',
    async check(lab) {
      const [h, w] = [9, 11];
      const [upright] = await lab.run(
        [{ op: 'conv2d', weight, stride: [2, 1], pads: { top: 1, left: 2, bottom: 0, right: 3 }, groups: 1 }],
        [image],
      );
      const across = gather(image, [2, 6, w, h], ([n, c, i, j]) => [n!, c!, j!, i!]);
      const turned = gather(weight, [8, 6, 4, 3], ([o, c, u, v]) => [o!, c!, v!, u!]);
      const [lying] = await lab.run(
        [{ op: 'conv2d', weight: turned, stride: [1, 2], pads: { top: 2, left: 1, bottom: 3, right: 0 }, groups: 1 }],
        [across],
      );
      return agree(
        lying!,
        gatherMeasured(upright!, lying!.shape, ([n, o, i, j]) => [n!, o!, j!, i!]),
      );
    },
  },
];
