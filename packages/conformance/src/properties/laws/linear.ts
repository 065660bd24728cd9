import { noPads } from '../../ops/case.ts';
import type { Step } from '../lab.ts';
import type { Law } from '../law.ts';
import { agree, gather, gatherMeasured, plus } from '../measured.ts';
import { random } from './random.ts';

const features = random([3, 70], 'features');
const weight = random([17, 70], 'rows');
const bias = random([17], 'row bias');
const linear: Step = { op: 'linear', weight, bias };
const shuffled = (i: number) => (i * 27 + 13) % 70;

export const linearLaws: readonly Law[] = [
  {
    slug: 'linear/additive',
    ops: ['linear'],
    name: 'A linear layer of a sum is the sum of the layers',
    why: 'anything that is not linear, such as a clamp or a rounding to half precision, shows',
    async check(lab) {
      const other = random([3, 70], 'other features');
      const both = { shape: other.shape, data: features.data.map((x, i) => x + other.data[i]!) };
      const [a, b, sum] = await lab.run([{ op: 'linear', weight }], [features, other, both]);
      return agree(sum!, plus(a!, b!));
    },
  },
  {
    slug: 'linear/split',
    ops: ['linear'],
    name: 'A linear layer is the sum of those of the first and the last features',
    why: 'long sums are split over threads: a part may be left out or counted twice',
    async check(lab) {
      const part = (from: number, length: number) => ({
        input: gather(features, [3, length], ([n, i]) => [n!, from + i!]),
        weight: gather(weight, [17, length], ([o, i]) => [o!, from + i!]),
      });
      const [first, last] = [part(0, 33), part(33, 37)];
      const [whole] = await lab.run([linear], [features]);
      const [a] = await lab.run([{ op: 'linear', weight: first.weight }], [first.input]);
      const [b] = await lab.run([{ op: 'linear', weight: last.weight, bias }], [last.input]);
      return agree(whole!, plus(a!, b!));
    },
  },
  {
    slug: 'linear/input-features',
    ops: ['linear'],
    name: 'Features and columns of weights in another order give the same',
    why: 'features that are read in fours may be paired with the wrong weights',
    async check(lab) {
      const [before] = await lab.run([linear], [features]);
      const x = gather(features, [3, 70], ([n, i]) => [n!, shuffled(i!)]);
      const w = gather(weight, [17, 70], ([o, i]) => [o!, shuffled(i!)]);
      const [after] = await lab.run([{ op: 'linear', weight: w, bias }], [x]);
      return agree(after!, before!);
    },
  },
  {
    slug: 'linear/output-features',
    ops: ['linear'],
    name: 'Rows of weights in another order give the results in that order',
    why: 'a result must not depend on its neighbours',
    async check(lab) {
      const [before] = await lab.run([linear], [features]);
      const turned = (o: number) => (o * 5 + 3) % 17;
      const w = gather(weight, [17, 70], ([o, i]) => [turned(o!), i!]);
      const b = gather(bias, [17], ([o]) => [turned(o!)]);
      const [after] = await lab.run([{ op: 'linear', weight: w, bias: b }], [features]);
      return agree(
        after!,
        gatherMeasured(before!, [3, 17], ([n, o]) => [n!, turned(o!)]),
      );
    },
  },
  {
    slug: 'linear/full-size-convolution',
    ops: ['linear', 'flatten', 'conv2d'],
    name: 'Flatten and a linear layer are a convolution whose window is the whole image',
    why: 'the order of flatten decides which weight meets which pixel',
    async check(lab) {
      const image = random([2, 3, 5, 4], 'small image');
      const w = random([7, 60], 'of all pixels');
      const b = random([7], 'of all');
      const [flat] = await lab.run([{ op: 'flatten' }, { op: 'linear', weight: w, bias: b }], [image]);
      const kernel = { shape: [7, 3, 5, 4], data: w.data };
      const [conv] = await lab.run(
        [{ op: 'conv2d', weight: kernel, bias: b, stride: [1, 1], pads: noPads, groups: 1 }],
        [image],
      );
      return agree(
        flat!,
        gatherMeasured(conv!, [2, 7], ([n, o]) => [n!, o!, 0, 0]),
      );
    },
  },
  {
    slug: 'linear/then-relu',
    ops: ['linear', 'relu'],
    name: 'A linear layer and its ReLU give in one program what they give in two',
    why: 'engines fuse them: the ReLU may come before the bias, or be lost',
    async check(lab) {
      const [fused] = await lab.run([linear, { op: 'relu' }], [features]);
      const [alone] = await lab.run([linear], [features]);
      return agree(fused!, { ...alone!, data: alone!.data.map((x) => Math.max(x, 0)) });
    },
  },
];
