export type { NetworkUnderTest } from './networks/checks.ts';
export { createOracleCache, type OracleCache, type OracleOptions, type OracleProgress } from './networks/oracle.ts';
export { teacherForced } from './networks/teacher-forcing.ts';
export { casesOf, type OpCase, type Row } from './ops/case.ts';
export { judgeCase } from './ops/check.ts';
export { opCases } from './ops/index.ts';
export { type Photograph, photographs } from './photographs.ts';
export * from './report.ts';
export { type ConformanceOptions, type Progress, runConformance } from './run.ts';
