import { adadeltaMistakes, rmspropMistakes } from './adaptive.ts';
import { evaluationMistakes } from './evaluation.ts';
import type { TrainingMistake } from './mistake.ts';
import { sgdMistakes } from './sgd.ts';
import { clipMistakes, orderMistakes, scoresMistakes, statisticMistakes } from './step.ts';

/** The most common first. */
export const trainingMistakes: readonly TrainingMistake[] = [
  ...sgdMistakes,
  ...rmspropMistakes,
  ...adadeltaMistakes,
  ...clipMistakes,
  ...statisticMistakes,
  ...orderMistakes,
  ...scoresMistakes,
  ...evaluationMistakes,
];
