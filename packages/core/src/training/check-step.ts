import { AlexNetError } from '../error.ts';
import { checkTrainingInputs, type TrainingInputs } from './inputs.ts';
import type { StepOptions } from './trainer.ts';
import type { TrainingGraph } from './training-graph.ts';

/**
 * Checks what a step is given and returns the batch size. Every backend calls this first: a rate that is no number would leave a finite
 * loss and no weights. Errors: `invalid-input`.
 */
export function checkStep(training: TrainingGraph, inputs: TrainingInputs, { learningRate }: StepOptions): number {
  if (Number.isFinite(Math.fround(learningRate)) && learningRate >= 0) return checkTrainingInputs(training, inputs);
  throw new AlexNetError({
    code: 'invalid-input',
    message: `The learning rate ${learningRate} is not a number of 0 or more that float32 can hold`,
    where: 'learningRate',
  });
}
