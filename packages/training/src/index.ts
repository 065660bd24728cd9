export type { Checkpoint, TrainingSetup } from './checkpoint/checkpoint.ts';
export { decodeCheckpoint, encodeCheckpoint } from './checkpoint/codec.ts';
export { type Latest, latestCheckpoint, type Resumption } from './checkpoint/keep.ts';
export { memoryStore } from './checkpoint/memory-store.ts';
export { isBestName, isCheckpointName } from './checkpoint/names.ts';
export type { CheckpointStore } from './checkpoint/store.ts';
export { type FineTuning, type FineTuningOptions, planFineTuning } from './fine-tuning/plan-fine-tuning.ts';
export { withClasses } from './fine-tuning/with-classes.ts';
export { initialWeights } from './initialise/initial-weights.ts';
export { type Distribution, type Initialiser, type InitialiserId, initialisers } from './initialise/initialiser.ts';
export type { BatchesOptions, DataBatch, DataSource, SkippedImage } from './loop/data-source.ts';
export { DivergedError, type Divergence } from './loop/diverged.ts';
export type { TrainingEvent } from './loop/events.ts';
export type { LossCurve } from './loop/loss-curve.ts';
export { type MeasureEvent, type MeasureOptions, measure, outputKind } from './loop/measure.ts';
export {
  type CheckpointOptions,
  checkResumption,
  type TrainingFacts,
  type TrainOptions,
  type Watched,
} from './loop/options.ts';
export type { Best, EpochRecord, Sums, TrainingProgress } from './loop/progress.ts';
export { type TrainingResult, train } from './loop/train.ts';
export { meanOfCrops } from './metrics/mean-of-crops.ts';
export { type ClassMetrics, createTally, type Metrics, type OutputKind, type Tally } from './metrics/tally.ts';
export {
  augmentationFor,
  type PlanOptions,
  planTraining,
  preprocessingFor,
  type TrainingPlan,
} from './recipes/plan-training.ts';
export type { TrainingRecipe } from './recipes/recipe.ts';
export { recipeIds, recipeOf, recipes } from './recipes/recipes.ts';
export { type PlateauState, plateauAfter, plateauAtStart } from './schedule/plateau.ts';
export { checkSchedule, learningRateAt, type Schedule, type ScheduleMoment } from './schedule/schedule.ts';
