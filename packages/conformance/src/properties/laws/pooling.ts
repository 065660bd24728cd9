import { type Shape, sizeOf, type Tensor } from '@alexnet/core';
import { noPads, sides } from '../../ops/case.ts';
import type { Step } from '../lab.ts';
import type { Law } from '../law.ts';
import { agree, gather, gatherMeasured, known, plus, together } from '../measured.ts';
import { random } from './random.ts';

const constant = (shape: Shape, value: number): Tensor => ({
  shape,
  data: new Float32Array(sizeOf(shape)).fill(value),
});
const image = random([2, 5, 9, 11], 'pooled');
const pool: Step = { op: 'maxPool2d', kernel: [3, 2], stride: [2, 1], pads: noPads, ceilMode: false };

export const poolingLaws: readonly Law[] = [
  {
    slug: 'maxPool2d/constant',
    ops: ['maxPool2d'],
    name: 'The maximum of a constant image is the constant, whatever the padding and its sign',
    why: 'padding of 0 beats negative values, and one of a large negative number beats none but is seen here',
    async check(lab) {
      const verdicts = [];
      for (const side of sides) {
        const pads = { ...noPads, [side]: 1 };
        const inputs = [-3, 0, 7].map((value) => constant([1, 2, 5, 8], value));
        const results = await lab.run(
          [{ op: 'maxPool2d', kernel: [3, 2], stride: [2, 3], pads, ceilMode: true }],
          inputs,
        );
        for (const [i, result] of results.entries())
          verdicts.push(agree(result, known(constant(result.shape, [-3, 0, 7][i]!))));
      }
      return together(...verdicts);
    },
  },
  {
    slug: 'maxPool2d/monotone',
    ops: ['maxPool2d', 'relu'],
    name: 'The maximum after ReLU is the ReLU of the maximum',
    why: 'engines exchange or fuse the two; a maximum that starts from 0 is right only in one order',
    async check(lab) {
      const low = { shape: image.shape, data: image.data.map((x) => x - 0.75) };
      const [after] = await lab.run([{ op: 'relu' }, pool], [low]);
      const [before] = await lab.run([pool, { op: 'relu' }], [low]);
      const [alone] = await lab.run([pool], [low]);
      return together(
        agree(after!, before!),
        agree(after!, { ...alone!, data: alone!.data.map((x) => Math.max(x, 0)) }),
      );
    },
  },
  {
    slug: 'maxPool2d/rows-then-columns',
    ops: ['maxPool2d'],
    name: 'The maximum over windows is that over columns of that over rows',
    why: 'height and width of windows, strides and padding are taken for each other',
    async check(lab) {
      const of = (kernel: [number, number], stride: [number, number], pads: object): Step => ({
        op: 'maxPool2d',
        kernel,
        stride,
        pads: { ...noPads, ...pads },
        ceilMode: false,
      });
      const low = { shape: image.shape, data: image.data.map((x) => x - 2) };
      const [whole] = await lab.run([of([3, 4], [2, 3], { top: 1, left: 2, right: 1 })], [low]);
      const [steps] = await lab.run([of([3, 1], [2, 1], { top: 1 }), of([1, 4], [1, 3], { left: 2, right: 1 })], [low]);
      return agree(whole!, steps!);
    },
  },
  {
    slug: 'maxPool2d/translation',
    ops: ['maxPool2d'],
    name: 'An image moved by the stride gives the maxima moved by one',
    why: 'the same window must give the same value wherever it lies: at the edge of a tile, too',
    async check(lab) {
      const large = random([1, 3, 19, 24], 'large pooled');
      const cut = (top: number, left: number) =>
        gather(large, [1, 3, 17, 21], ([n, c, i, j]) => [n!, c!, i! + top, j! + left]);
      const [still, moved] = await lab.run(
        [{ op: 'maxPool2d', kernel: [4, 3], stride: [2, 3], pads: noPads, ceilMode: false }],
        [cut(0, 0), cut(2, 3)],
      );
      const inner = still!.shape.map((extent, axis) => (axis < 2 ? extent : extent - 1));
      return agree(
        gatherMeasured(moved!, inner, (index) => index),
        gatherMeasured(still!, inner, ([n, c, i, j]) => [n!, c!, i! + 1, j! + 1]),
      );
    },
  },
  {
    slug: 'maxPool2d/channels',
    ops: ['maxPool2d'],
    name: 'Channels in another order give their maxima in that order',
    why: 'a channel must not depend on its neighbours',
    async check(lab) {
      const turn = ([n, c, i, j]: readonly number[]) => [n!, (c! * 2 + 3) % 5, i!, j!];
      const [before, after] = await lab.run([pool], [image, gather(image, image.shape, turn)]);
      return agree(after!, gatherMeasured(before!, before!.shape, turn));
    },
  },
  {
    slug: 'adaptiveAvgPool2d/constant',
    ops: ['adaptiveAvgPool2d'],
    name: 'The average of a constant image is the constant',
    why: 'windows of different sizes must each be divided by their own',
    async check(lab) {
      const inputs = [0.1, -3].map((value) => constant([2, 3, 7, 11], value));
      const results = await lab.run([{ op: 'adaptiveAvgPool2d', output: [3, 4] }], inputs, 'adversarial');
      return together(...results.map((result, i) => agree(result, known(constant(result.shape, inputs[i]!.data[0]!)))));
    },
  },
  {
    slug: 'adaptiveAvgPool2d/linear',
    ops: ['adaptiveAvgPool2d', 'linear'],
    name: 'The average of all pixels is a linear layer whose weights are one over their number',
    why: 'a global average is a path of its own in many engines',
    async check(lab) {
      const pixels = random([4, 1, 8, 16], 'averaged');
      const [mean] = await lab.run([{ op: 'adaptiveAvgPool2d', output: [1, 1] }], [pixels]);
      const flat = { shape: [4, 128], data: pixels.data };
      const [product] = await lab.run([{ op: 'linear', weight: constant([1, 128], 1 / 128) }], [flat]);
      return agree(
        mean!,
        gatherMeasured(product!, [4, 1, 1, 1], ([n]) => [n!, 0]),
      );
    },
  },
  {
    slug: 'adaptiveAvgPool2d/additive',
    ops: ['adaptiveAvgPool2d'],
    name: 'The average of a sum is the sum of the averages',
    why: 'anything that is not linear shows, such as sums in half precision',
    async check(lab) {
      const other = random(image.shape, 'other pooled');
      const both = { shape: image.shape, data: image.data.map((x, i) => x + other.data[i]!) };
      const [a, b, sum] = await lab.run([{ op: 'adaptiveAvgPool2d', output: [4, 3] }], [image, other, both]);
      return agree(sum!, plus(a!, b!));
    },
  },
];
