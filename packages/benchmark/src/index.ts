export * from './protocol.ts';
export * from './records.ts';
export { type Interval, median, medianInterval, quantile, ratioInterval, verdictOf } from './statistics.ts';
