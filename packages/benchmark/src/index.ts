export { type Advice, type AdviceInput, adviceOf } from './advice/advice.ts';
export type { Versus } from './advice/versus.ts';
export { type BenchmarkOptions, runBenchmark } from './protocol/protocol.ts';
export { type Interval, median, medianInterval, quantile, ratioInterval, verdictOf } from './protocol/statistics.ts';
export type { Candidate, Workload } from './protocol/workload.ts';
export * from './records.ts';
export * from './runs/index.ts';
export { parseSurvey, type Shipped, type Survey } from './schema/survey.ts';
