import { type ConformancePlan, conformAll } from '@alexnet/benchmark';
import type { BackendReport } from '@alexnet/conformance';
import type { Context } from '../commands/command.ts';
import { withHost } from './node-host.ts';
import { oracleFiles } from './oracle-files.ts';

/** `conformAll` in this process; what the oracle computes is kept on disk, unless `cache` is false. */
export function runAllConformance(
  plan: ConformancePlan,
  context: Context,
  { cache = true }: { readonly cache?: boolean } = {},
): Promise<BackendReport[]> {
  const store = cache ? { oracleStore: oracleFiles({ onProblem: context.output.note }) } : {};
  return withHost(context, (host) => conformAll(plan, { ...host, ...store }));
}
