import type { GradientOpName, TrainingNode } from '@alexnet/core';
import { type GradientMistake, sampleAlone, times } from './mistake.ts';

/* What goes wrong with gradients of parameters, whatever the layer: the sum over the batch. */

const SUM_FIX = 'Add up over all samples: db[c] = sum over n, i, j of dy[n, c, i, j].';

/** The operand that is the gradient of the output: the last. */
export const overBatchMistakes: readonly GradientMistake[] = [
  {
    id: 'last-sample-only',
    cause: 'The gradient is that of the last sample: it is written, not added, for each sample',
    fix: SUM_FIX,
    compute: ({ operands, batch, evaluate }) =>
      batch === 1
        ? undefined
        : evaluate({
            operands: operands.map((each, i) =>
              i === operands.length - 1 ? sampleAlone(each, batch, batch - 1) : each,
            ),
          }),
  },
  {
    id: 'first-sample-only',
    cause: 'The gradient is that of the first sample',
    fix: SUM_FIX,
    compute: ({ operands, batch, evaluate }) =>
      batch === 1
        ? undefined
        : evaluate({
            operands: operands.map((each, i) => (i === operands.length - 1 ? sampleAlone(each, batch, 0) : each)),
          }),
  },
  {
    id: 'divided-by-batch',
    cause:
      'The gradient is divided by the batch once more: the mean over the batch is in the gradient of the loss already',
    fix: 'Add up over the batch, and divide nowhere but in the loss.',
    compute: ({ batch, evaluate }) => (batch === 1 ? undefined : times(1 / batch, evaluate())),
  },
];

const scaled = (id: string, cause: string, factor: number): GradientMistake => ({
  id,
  cause,
  fix: 'Write the gradient as its formula says.',
  compute: ({ evaluate }) => times(factor, evaluate()),
});

/** What can go wrong with any value. */
export const anyMistakes: readonly GradientMistake[] = [
  scaled('nothing-written', 'Nothing is written: all is 0', 0),
  scaled('negated', 'The sign is wrong', -1),
  scaled('doubled', 'The gradient is twice what it should be: it was added to what was there', 2),
  scaled('halved', 'The gradient is half of what it should be', 0.5),
  {
    id: 'first-operand-returned',
    cause: 'What the node reads is returned as it was',
    fix: 'Run the op: its result was never written over the input.',
    compute: ({ operands, output }) =>
      operands[0]?.length === output.reduce((a, b) => a * b, 1) ? operands[0] : undefined,
  },
];

/** Ops whose value is one for the whole batch, a sum over its samples. */
export const sumsOverBatch: ReadonlySet<GradientOpName | TrainingNode['op']> = new Set<GradientOpName>([
  'conv2dWeightGradient',
  'linearWeightGradient',
  'channelSum',
  'batchNormScaleGradient',
]);
