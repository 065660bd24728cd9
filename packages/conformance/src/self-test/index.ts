/* The suite's own test, for everybody: faults that it must catch and name, and correct kernels that it must never fail. */
export {
  type CheckedNetwork,
  type CheckedValue,
  type CheckValues,
  checkOracle,
  checkValues,
  generatedInput,
  type OracleVerdict,
} from '../networks/check-values.ts';
export { type Alteration, alteredBackend, type Call } from './altered-backend.ts';
export type { StatisticCall, TrainingAlteration, TrainingCall, UpdateCall } from './altered-trainer.ts';
export type { Fault } from './faults/fault.ts';
export { faults } from './faults/index.ts';
export {
  type GradientFailure,
  type GradientSoundnessOptions,
  type GradientSoundnessReport,
  judgeGradientKernels,
  randomGradientCases,
} from './gradient-soundness.ts';
export { trainingKernels } from './kernels/float32-training.ts';
export { type CorrectKernel, correctKernels } from './kernels/index.ts';
export {
  runSelfTest,
  type SelfTestEntry,
  type SelfTestOptions,
  type SelfTestProgress,
  type SelfTestReport,
  type Soundness,
  selfTestPassed,
} from './run-self-test.ts';
export {
  type FalseFailure,
  judgeKernels,
  type Margin,
  runSoundness,
  type SoundnessOptions,
  type SoundnessReport,
} from './soundness.ts';
export { measureTightness, type Tightness } from './tightness.ts';
export {
  runTrainingSoundness,
  type TrainingMargin,
  type TrainingSoundnessOptions,
  type TrainingSoundnessReport,
} from './training-soundness.ts';
