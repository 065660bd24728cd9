import type { EvaluationMistake } from '../evaluation.ts';
import type { TrainingSetting } from '../settings.ts';
import type { TrainingMistake } from './mistake.ts';

const evaluating = (
  evaluation: EvaluationMistake,
  cause: string,
  fix: string,
  where: (setting: TrainingSetting) => boolean = () => true,
): TrainingMistake => ({
  id: `evaluation/${evaluation}`,
  cause,
  fix,
  differences: (setting) => (where(setting) ? { evaluation } : undefined),
});

export const evaluationMistakes: readonly TrainingMistake[] = [
  evaluating(
    'first-weights',
    'The network that is evaluated has the weights that training began with',
    'Evaluate with the parameters that steps update.',
  ),
  evaluating(
    'batch-statistics',
    'Evaluation normalises by the mean and variance of its batch, as a step does',
    'Use the moving statistics.',
    ({ training }) => training.statistics.length > 0,
  ),
  evaluating(
    'dropout-scales',
    'Evaluation scales down what dropout would keep, which training has scaled up already',
    'Dropout copies in inference: its mask has the factor 1 / (1 - rate).',
  ),
];
