import { sizeOf, type Tensor } from '@alexnet/core';
import type { Step } from '../lab.ts';
import type { Law } from '../law.ts';
import { agree, gather, gatherMeasured, known, type Measured, plus, times, together } from '../measured.ts';
import { random } from './random.ts';

const image = random([2, 7, 5, 3], 'normalised', -3, 3);
const logits = random([3, 17], 'logits', -8, 8);
const lrn = { op: 'lrn', alpha: 0.9, beta: 0.61, bias: 1.7 } as const;
const softmax: Step = { op: 'softmax' };

export const pointwiseLaws: readonly Law[] = [
  {
    slug: 'relu/idempotent',
    ops: ['relu'],
    name: 'ReLU of ReLU is ReLU, and the negative half is what is missing',
    why: 'a leak, a shift or an upper limit shows when it is applied again, or to the other half',
    async check(lab) {
      const negative = { shape: image.shape, data: image.data.map((x) => -x) };
      const [once, other] = await lab.run([{ op: 'relu' }], [image, negative]);
      const [twice] = await lab.run([{ op: 'relu' }, { op: 'relu' }], [image]);
      return together(agree(twice!, once!), agree(plus(once!, times(other!, -1)), known(image)));
    },
  },
  {
    slug: 'softmax/shift',
    ops: ['softmax'],
    name: 'A constant added to all logits changes no probability',
    why: 'without subtracting the maximum, exp overflows or vanishes',
    async check(lab) {
      // shifts by powers of two round no logit, as all are multiples of 2^-20
      const even = { shape: logits.shape, data: logits.data.map((x) => Math.round(x * 256) / 256) };
      const shifted = [64, -128, 4096].map((c) => ({ shape: even.shape, data: even.data.map((x) => x + c) }));
      const [plain, ...others] = await lab.run([softmax], [even, ...shifted]);
      return together(...others.map((other) => agree(other, plain!)));
    },
  },
  {
    slug: 'softmax/sum',
    ops: ['softmax'],
    name: 'The probabilities of a sample sum up to 1',
    why: 'the sum may be over the wrong axis, or over part of the classes',
    async check(lab) {
      const [p] = await lab.run([softmax], [random([2, 1000], 'classes', -8, 8)]);
      const total = (values: Float64Array) =>
        Float64Array.from([0, 1], (n) => values.subarray(n * 1000, (n + 1) * 1000).reduce((a, b) => a + b));
      const sums: Measured = { shape: [2], data: total(p!.data), allowed: total(p!.allowed) };
      return agree(known({ shape: [2], data: Float32Array.of(1, 1) }), sums);
    },
  },
  {
    slug: 'softmax/classes',
    ops: ['softmax'],
    name: 'Classes in another order have their probabilities in that order',
    why: 'the last classes may be left out of the sum',
    async check(lab) {
      const turn = ([n, i]: readonly number[]) => [n!, (i! * 5 + 3) % 17];
      const [before, after] = await lab.run([softmax], [logits, gather(logits, logits.shape, turn)]);
      return agree(after!, gatherMeasured(before!, before!.shape, turn));
    },
  },
  {
    slug: 'lrn/reversal',
    ops: ['lrn'],
    name: 'Channels in reverse give the result in reverse, when the window is odd',
    why: 'an odd window reaches as far up as down; an even one does not, so a shifted window shows',
    async check(lab) {
      const turn = ([n, c, i, j]: readonly number[]) => [n!, 6 - c!, i!, j!];
      const verdicts = [];
      for (const size of [3, 5]) {
        const [before, after] = await lab.run([{ ...lrn, size }], [image, gather(image, image.shape, turn)]);
        verdicts.push(agree(after!, gatherMeasured(before!, before!.shape, turn)));
      }
      return together(...verdicts);
    },
  },
  {
    slug: 'lrn/pixels',
    ops: ['lrn'],
    name: 'Pixels in another order give the result in that order',
    why: 'a window over rows or columns instead of channels mixes pixels',
    async check(lab) {
      const turn = ([n, c, i, j]: readonly number[]) => [n!, c!, (i! * 2 + 3) % 5, (j! + 1) % 3];
      const [before, after] = await lab.run([{ ...lrn, size: 5 }], [image, gather(image, image.shape, turn)]);
      return agree(after!, gatherMeasured(before!, before!.shape, turn));
    },
  },
  {
    slug: 'lrn/odd',
    ops: ['lrn'],
    name: 'The opposite image gives the opposite result',
    why: 'the divisor knows squares only',
    async check(lab) {
      const opposite = { shape: image.shape, data: image.data.map((x) => -x) };
      const [before, after] = await lab.run([{ ...lrn, size: 4 }], [image, opposite]);
      return agree(after!, times(before!, -1));
    },
  },
  {
    slug: 'batchNorm/channels',
    ops: ['batchNorm'],
    name: 'Channels and their statistics in another order give the result in that order',
    why: 'statistics may be read per pixel or per sample, or of the neighbour',
    async check(lab) {
      const turn = (c: number) => (c * 3 + 2) % 7;
      const parts = ['scale', 'bias', 'mean', 'variance'] as const;
      const given = parts.map((part) => random([7], part, part === 'variance' ? 0.5 : -1, 1.5));
      const turned = given.map((each) => gather(each, [7], ([c]) => [turn(c!)]));
      const step = ([scale, bias, mean, variance]: readonly Tensor[]): Step => ({
        op: 'batchNorm',
        scale: scale!,
        bias: bias!,
        mean: mean!,
        variance: variance!,
        epsilon: 1e-3,
      });
      const move = ([n, c, ...rest]: readonly number[]) => [n!, turn(c!), ...rest];
      const [before] = await lab.run([step(given)], [image]);
      const [after] = await lab.run([step(turned)], [gather(image, image.shape, move)]);
      return agree(after!, gatherMeasured(before!, before!.shape, move));
    },
  },
  {
    slug: 'flatten/one-image-each',
    ops: ['flatten'],
    name: 'Flatten of a batch is flatten of each image, and moves no value',
    why: 'engines with channels last must reorder, image by image',
    async check(lab) {
      const [flat] = await lab.run([{ op: 'flatten' }], [image]);
      return agree(flat!, known({ shape: [2, sizeOf(image.shape) / 2], data: image.data }));
    },
  },
];
