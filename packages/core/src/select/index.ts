export type { CheckedLayer, Choice, Correctness, Examination, Finding, Speed } from './choice.ts';
export { type ExamineOptions, examineBackends } from './examine-backends.ts';
export type { ChoiceStore, Kept } from './kept.ts';
export type { Requirements } from './requirements.ts';
export { type Selection, selectBackend } from './select-backend.ts';
export { shuffled } from './shuffled.ts';
export { ascending, type Interval, median, medianInterval, quantile } from './statistics.ts';
export type { Workload } from './workload.ts';
