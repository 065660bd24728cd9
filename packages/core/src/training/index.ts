export { checkTrainingOutputs } from './check-outputs.ts';
export { checkState, type GivenState, slotShapes } from './check-state.ts';
export { checkStep } from './check-step.ts';
export { type DropoutMaskOptions, dropoutMask } from './dropout-mask.ts';
export {
  evaluateTraining,
  evaluateTrainingNode,
  evaluateTrainingSteps,
  type FloatWeights,
  withBatch,
} from './evaluate.ts';
export { inferTrainingShapes, type TrainingShapes, trainingOpOf } from './infer.ts';
export { checkTrainingInputs, type TrainingBatch, type TrainingInputs, trainingInputs } from './inputs.ts';
export * from './optimiser.ts';
export { referenceTrainer } from './reference-trainer.ts';
export { statisticFactor } from './statistic-factor.ts';
export * from './trainer.ts';
export {
  LABELS,
  type Loss,
  type MaskInput,
  type MovingStatistic,
  type ParameterGradient,
  type TrainingGraph,
  type TrainingGraphOptions,
  type TrainingNode,
  trainingGraph,
} from './training-graph.ts';
