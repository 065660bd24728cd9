import { type BenchmarkPlan, type BenchmarkReport, benchAll, type GivenWeights } from '@alexnet/benchmark';
import type { Context } from '../commands/command.ts';
import { withHost } from './node-host.ts';

/** `benchAll` in this process, with weights that were given or generated ones. */
export function runAllBenchmarks(
  plan: BenchmarkPlan,
  context: Context,
  given?: GivenWeights,
): Promise<BenchmarkReport> {
  const weights = given === undefined ? {} : { given };
  return withHost(context, (host) =>
    benchAll(plan, { ...host, ...weights, readMemory: () => process.memoryUsage.rss() }),
  );
}
