export { type BenchmarkOptions, runBenchmark } from './protocol.ts';
export * from './records.ts';
export { type Interval, median, medianInterval, quantile, ratioInterval, verdictOf } from './statistics.ts';
export type { Candidate, Workload } from './workload.ts';
