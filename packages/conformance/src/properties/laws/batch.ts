import { type OpName, opNames, type Shape, sizeOf } from '@alexnet/core';
import { noPads } from '../../ops/case.ts';
import type { Step } from '../lab.ts';
import type { Law } from '../law.ts';
import { agree, gather, gatherMeasured, together } from '../measured.ts';
import { random } from './random.ts';

const pads = { top: 1, left: 0, bottom: 1, right: 2 };
const of = (role: string) => random([5], `batch ${role}`, 0.5, 1.5);

/** One layer of every op, and what a sample of it is. */
const layers: Readonly<Record<OpName, { readonly step: Step; readonly sample: Shape }>> = {
  conv2d: {
    sample: [4, 7, 9],
    step: { op: 'conv2d', weight: random([6, 2, 3, 4], 'w'), bias: random([6], 'b'), stride: [2, 1], pads, groups: 2 },
  },
  linear: { sample: [37], step: { op: 'linear', weight: random([10, 37], 'm'), bias: random([10], 'v') } },
  relu: { sample: [4, 7, 9], step: { op: 'relu' } },
  lrn: { sample: [7, 4, 5], step: { op: 'lrn', size: 3, alpha: 0.9, beta: 0.61, bias: 1.7 } },
  maxPool2d: { sample: [4, 7, 9], step: { op: 'maxPool2d', kernel: [3, 4], stride: [2, 1], pads, ceilMode: true } },
  adaptiveAvgPool2d: { sample: [4, 7, 9], step: { op: 'adaptiveAvgPool2d', output: [3, 2] } },
  batchNorm: {
    sample: [5, 4, 7],
    step: { op: 'batchNorm', scale: of('s'), bias: of('b'), mean: of('m'), variance: of('v'), epsilon: 1e-3 },
  },
  pad2d: { sample: [4, 7, 9], step: { op: 'pad2d', pads: { ...noPads, top: 2, right: 1 } } },
  flatten: { sample: [4, 7, 9], step: { op: 'flatten' } },
  dropout: { sample: [37], step: { op: 'dropout', rate: 0.5 } },
  softmax: { sample: [37], step: { op: 'softmax' } },
};

const BATCH = 3;

const orderLaw = (op: OpName): Law => ({
  slug: `${op}/batch-order`,
  ops: [op],
  name: `${op}: samples in another order give the results in that order, and each what it gives alone`,
  why: 'samples may be mixed, or the last of them computed with what lies behind it',
  async check(lab) {
    const { step, sample } = layers[op];
    const batch = random([BATCH, ...sample], `batch of ${op}`);
    const turned = gather(batch, batch.shape, ([n, ...rest]) => [(n! + 1) % BATCH, ...rest]);
    const alone = gather(batch, [1, ...sample], ([, ...rest]) => [BATCH - 1, ...rest]);
    const [before, after, one] = await lab.run([step], [batch, turned, alone]);
    return together(
      agree(
        after!,
        gatherMeasured(before!, before!.shape, ([n, ...rest]) => [(n! + 1) % BATCH, ...rest]),
      ),
      agree(
        one!,
        gatherMeasured(before!, one!.shape, ([, ...rest]) => [BATCH - 1, ...rest]),
      ),
    );
  },
});

const poisonLaw = (op: OpName): Law => ({
  slug: `${op}/batch-nan`,
  ops: [op],
  name: `${op}: a sample of NaN does not reach the samples before and after it`,
  why: 'a value of a neighbour that is multiplied by 0 is harmless until it is NaN',
  nonFinite: true,
  async check(lab) {
    const { step, sample } = layers[op];
    const clean = random([BATCH, ...sample], `poisoned ${op}`);
    const size = sizeOf(sample);
    const data = clean.data.map((x, i) => (Math.floor(i / size) === 1 ? Number.NaN : x));
    const [want, got] = await lab.run([step], [clean, { shape: clean.shape, data }]);
    const outer = want!.shape.with(0, BATCH - 1);
    const around = ([n, ...rest]: readonly number[]) => [2 * n!, ...rest];
    // the budget of the clean run holds for both: that of NaN is NaN
    const found = { ...got!, allowed: want!.allowed };
    return agree(gatherMeasured(found, outer, around), gatherMeasured(want!, outer, around));
  },
});

/** A sample is computed alone, whatever else is in the batch. */
export const batchLaws: readonly Law[] = opNames.flatMap((op) => [orderLaw(op), poisonLaw(op)]);
