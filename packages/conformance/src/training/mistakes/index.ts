import { adadeltaMistakes, rmspropMistakes } from './adaptive.ts';
import type { TrainingMistake } from './mistake.ts';
import { sgdMistakes } from './sgd.ts';
import { clipMistakes, orderMistakes, statisticMistakes } from './step.ts';

/** The most common first. */
export const trainingMistakes: readonly TrainingMistake[] = [
  ...sgdMistakes,
  ...rmspropMistakes,
  ...adadeltaMistakes,
  ...clipMistakes,
  ...statisticMistakes,
  ...orderMistakes,
];
