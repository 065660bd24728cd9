export type { Cause, Cells, Diagnosis, ErrorMap } from './diagnosis/diagnosis.ts';
export type { GradientCase } from './gradients/case.ts';
export { judgeGradients } from './gradients/check.ts';
export { gradientCases } from './gradients/index.ts';
export { type Int8Subject, judgeInt8 } from './int8/judge-int8.ts';
export type { NetworkUnderTest } from './networks/checks.ts';
export {
  createOracleCache,
  type OracleCache,
  type OracleCacheOptions,
  type OracleOptions,
  type OracleProgress,
} from './networks/oracle.ts';
export type { OracleStore } from './networks/oracle-store.ts';
export { teacherForced } from './networks/teacher-forcing.ts';
export { casesOf, type OpCase, type Row } from './ops/case.ts';
export { judgeCase } from './ops/check.ts';
export type { ErrorSample } from './ops/error-case.ts';
export { type ExpectedCase, expectCase } from './ops/expect.ts';
export { opCases, opDatabase } from './ops/index.ts';
export type { OpRecord, Terms } from './ops/record.ts';
export { type Photograph, photographs } from './photographs.ts';
export type { PropertyOptions } from './properties/index.ts';
export { type RandomCase, replay } from './properties/random-case.ts';
export {
  type Finding,
  type FirstWrongLayer,
  findingsOf,
  firstWrongLayers,
  firstWrongLayerText,
} from './report/findings.ts';
export { toJUnit } from './report/junit.ts';
export * from './report/report.ts';
export { checkBackend, problemsOfBackend } from './run/check-backend.ts';
export { type Level, type LevelContent, levels } from './run/levels.ts';
export { listChecks, type PlanOptions } from './run/plan.ts';
export { type ConformanceOptions, type Progress, runConformance } from './run/run.ts';
export { type CheckFacts, type Selection, selectChecks } from './run/select.ts';
export { createTimeLeft, type TimeLeft, type Work } from './run/time-left.ts';
export { expectedSeconds } from './run/work.ts';
