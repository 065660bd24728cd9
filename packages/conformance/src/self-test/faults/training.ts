import { trainingMistakes } from '../../training/mistakes/index.ts';
import { settingOf, settingRows } from '../../training/settings.ts';
import type { Fault } from './fault.ts';

/*
 * Every mistake of an optimiser, a step or an evaluation that the diagnosis knows, made by a trainer in float32: it must be caught and named.
 */

/** The setting that must fail. */
const caughtBy: Readonly<Record<string, string>> = {
  'sgd/rate-outside-velocity': 'paper',
  'sgd/nesterov': 'paper',
  'sgd/no-momentum': 'paper',
  'sgd/damped': 'frozen-trunk',
  'sgd/decay-decoupled': 'caffe',
  'sgd/decay-without-rate': 'paper',
  'sgd/no-decay': 'paper',
  'sgd/gradient-added': 'kratzert',
  'sgd/decay-on-biases': 'caffe',
  'sgd/multipliers-ignored': 'caffe',
  'rmsprop/epsilon-inside-root': 'rmsprop',
  'rmsprop/old-mean': 'rmsprop',
  'rmsprop/sum-of-squares': 'rmsprop',
  'rmsprop/rho-swapped': 'rmsprop',
  'adadelta/rate-ignored': 'adadelta',
  'adadelta/roots-swapped': 'adadelta',
  'adadelta/update-squared-with-rate': 'adadelta',
  'adadelta/epsilon-outside-root': 'adadelta',
  'clip/each-alone': 'clip-norm',
  'clip/not': 'clip-norm',
  'clip/always': 'clip-norm',
  'batchNorm/moving-variance-biased': 'batch-norm',
  'batchNorm/momentum-swapped': 'batch-norm',
  'batchNorm/statistics-stay': 'batch-norm',
  'step/stale-weights': 'kratzert',
  'step/update-at-once': 'paper',
  'step/scores-are-probabilities': 'caffe',
  'step/scores-after-update': 'kratzert',
  'evaluation/first-weights': 'kratzert',
  'evaluation/batch-statistics': 'batch-norm',
  'evaluation/dropout-scales': 'paper',
};

export const trainingFaults: readonly Fault[] = trainingMistakes.map(({ id, cause, differences }) => {
  const setting = settingOf(settingRows.find((row) => row.id === caughtBy[id])!);
  return {
    id: `training/${id}`,
    name: `${cause.charAt(0).toLowerCase()}${cause.slice(1)}`,
    caughtBy: `training/${setting.id}`,
    cause: `training/${id}`,
    alteration: { training: differences(setting)! },
  };
});
