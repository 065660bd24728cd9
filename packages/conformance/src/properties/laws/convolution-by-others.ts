import { noPads } from '../../ops/case.ts';
import type { Step } from '../lab.ts';
import type { Law } from '../law.ts';
import { agree, gather, gatherMeasured, together } from '../measured.ts';
import { random } from './random.ts';

const plain = { stride: [1, 1], pads: noPads, groups: 1 } as const;
const image = random([2, 6, 9, 11], 'image');
const weight = random([8, 6, 3, 4], 'weight');
const bias = random([8], 'bias');
const conv: Step = { op: 'conv2d', weight, bias, ...plain };

/** Convolution beside what other ops give. */
export const convolutionByOthersLaws: readonly Law[] = [
  {
    slug: 'conv2d/padding',
    ops: ['conv2d', 'pad2d'],
    name: 'Padding in the convolution is padding before it',
    why: 'padding inside a kernel is a matter of comparisons at four edges',
    async check(lab) {
      const pads = { top: 2, left: 1, bottom: 3, right: 4 };
      const [within] = await lab.run([{ op: 'conv2d', weight, bias, stride: [2, 3], pads, groups: 1 }], [image]);
      const [before] = await lab.run(
        [
          { op: 'pad2d', pads },
          { op: 'conv2d', weight, bias, stride: [2, 3], pads: noPads, groups: 1 },
        ],
        [image],
      );
      return agree(within!, before!);
    },
  },
  {
    slug: 'conv2d/pointwise',
    ops: ['conv2d', 'linear'],
    name: 'A convolution with a 1x1 window is a linear layer at every pixel',
    why: 'engines run 1x1 windows as a matrix product, in a path of its own',
    async check(lab) {
      const w = random([7, 6, 1, 1], 'pointwise');
      const [whole] = await lab.run([{ op: 'conv2d', weight: w, ...plain }], [image]);
      const pixels = gather(image, [2 * 9 * 11, 6], ([p, c]) => [
        Math.floor(p! / 99),
        c!,
        Math.floor(p! / 11) % 9,
        p! % 11,
      ]);
      const [rows] = await lab.run([{ op: 'linear', weight: { shape: [7, 6], data: w.data } }], [pixels]);
      return agree(
        whole!,
        gatherMeasured(rows!, whole!.shape, ([n, o, i, j]) => [n! * 99 + i! * 11 + j!, o!]),
      );
    },
  },
  {
    slug: 'conv2d/then-relu',
    ops: ['conv2d', 'relu'],
    name: 'A convolution and its ReLU give in one program what they give in two',
    why: 'engines fuse them: the ReLU may come before the bias, or be lost',
    async check(lab) {
      const grouped: Step = {
        op: 'conv2d',
        weight: random([8, 3, 3, 4], 'fused'),
        bias,
        stride: [1, 1],
        pads: noPads,
        groups: 2,
      };
      const verdicts = [];
      for (const step of [conv, grouped]) {
        const [fused] = await lab.run([step, { op: 'relu' }], [image]);
        const [alone] = await lab.run([step], [image]);
        verdicts.push(agree(fused!, { ...alone!, data: alone!.data.map((x) => Math.max(x, 0)) }));
      }
      return together(...verdicts);
    },
  },
];
