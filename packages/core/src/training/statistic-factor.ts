import type { MovingStatistic } from './training-graph.ts';

/** M / (M - 1) for a variance over M values, so that the moving one is unbiased; 1 for a mean, and where M is 1. */
export function statisticFactor({ kind, places }: MovingStatistic, batch: number): number {
  const count = batch * places;
  return kind === 'mean' || count === 1 ? 1 : count / (count - 1);
}
