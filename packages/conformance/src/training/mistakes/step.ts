import { clipFactor } from '@alexnet/core';
import type { TrainingSetting } from '../settings.ts';
import { follow, type Statistic, squaresOf } from '../trajectory.ts';
import type { TrainingDifferences, TrainingMistake } from './mistake.ts';

const clips = ({ optimiser }: TrainingSetting) => optimiser.clipNorm !== undefined;
const clipping = (id: string, cause: string, clip: NonNullable<TrainingDifferences['clip']>): TrainingMistake => ({
  id: `clip/${id}`,
  cause,
  fix: 'Multiply all gradients with min(1, clipNorm / the norm of all of them together).',
  differences: (setting) => (clips(setting) ? { clip } : undefined),
});

export const clipMistakes: readonly TrainingMistake[] = [
  clipping('each-alone', 'Each parameter is clipped by its own norm', (gradients, limit) =>
    gradients.map((g) => clipFactor(limit, Math.sqrt(squaresOf(0, g)))),
  ),
  clipping('not', 'Gradients are not clipped', (gradients) => gradients.map(() => 1)),
  clipping('always', 'Gradients are scaled up, too, where their norm is smaller', (gradients, limit) => {
    const norm = Math.sqrt(gradients.reduce(squaresOf, 0));
    return gradients.map(() => limit! / norm);
  }),
];

const moving = (
  id: string,
  cause: string,
  fix: string,
  change: (call: Statistic) => Statistic | undefined,
): TrainingMistake => ({
  id: `batchNorm/${id}`,
  cause,
  fix,
  differences: ({ training }) =>
    training.statistics.length === 0
      ? undefined
      : {
          statistic(call) {
            const changed = change(call);
            if (changed !== undefined) follow(changed);
          },
        },
});

const MOVING_FIX = 'moving = momentum * moving + (1 - momentum) * that of the batch, a variance times M / (M - 1).';
export const statisticMistakes: readonly TrainingMistake[] = [
  moving(
    'moving-variance-biased',
    'The moving variance follows the variance over M, without M / (M - 1)',
    MOVING_FIX,
    (call) => ({ ...call, statistic: { ...call.statistic, kind: 'mean' } }),
  ),
  moving('momentum-swapped', 'momentum and 1 - momentum are swapped in the moving statistics', MOVING_FIX, (call) => ({
    ...call,
    statistic: { ...call.statistic, momentum: 1 - call.statistic.momentum },
  })),
  moving('statistics-stay', 'The moving statistics do not move', MOVING_FIX, () => undefined),
];

export const orderMistakes: readonly TrainingMistake[] = [
  {
    id: 'step/stale-weights',
    cause: 'A step reads the weights from before the update of the step before',
    fix: 'Read the buffer that the update wrote: swap after it, or wait for it.',
    differences: () => ({ order: 'stale-weights' }),
  },
  {
    id: 'step/update-at-once',
    cause: 'A weight is updated as soon as its gradient is there, and the gradients before it read the new one',
    fix: 'Compute all gradients first, then update.',
    differences: ({ optimiser }) => (optimiser.clipNorm === undefined ? { order: 'update-at-once' } : undefined),
  },
];

export const scoresMistakes: readonly TrainingMistake[] = [
  {
    id: 'step/scores-are-probabilities',
    cause: 'The scores of a step have gone through a softmax',
    fix: 'Scores are logits: the value that `training.scores` names.',
    differences: () => ({ scores: 'probabilities' }),
  },
  {
    id: 'step/scores-after-update',
    cause: 'The scores of a step are those of the weights after its update',
    fix: 'Read the scores from the forward pass that the loss is of.',
    differences: () => ({ scores: 'after-update' }),
  },
];
