import type { BenchmarkReport } from '@alexnet/benchmark';
import { type BenchmarkPlan, benchAll } from '@alexnet/benchmark';
import type { Context } from '../commands/command.ts';
import { withHost } from './node-host.ts';

/** `benchAll` in this process. */
export function runAllBenchmarks(plan: BenchmarkPlan, context: Context): Promise<BenchmarkReport> {
  return withHost(context, (host) => benchAll(plan, { ...host, readMemory: () => process.memoryUsage.rss() }));
}
