import type { NodeTiming, Tensor } from '@alexnet/core';
import type { Runner } from '../protocol/runner.ts';
import { median } from '../protocol/statistics.ts';

const RUNS = 5;
const LIMIT_MS = 3000;

/**
 * The median device time of each node over a few profiled runs; undefined where the backend gives none. One that gives different nodes in different
 * runs is taken at its first word. Errors: those of `profile`.
 */
export async function profileOf(
  { backend, program }: Pick<Runner, 'backend' | 'program'>,
  input: Tensor,
  now: () => number,
): Promise<readonly NodeTiming[] | undefined> {
  if (!backend.capabilities.profiling || program.profile === undefined) return undefined;
  const runs: (readonly NodeTiming[])[] = [];
  const start = now();
  while (runs.length < RUNS && (runs.length === 0 || now() - start < LIMIT_MS))
    runs.push(await program.profile({ input }));
  return runs[0]!.map(({ nodes }, i) => ({
    nodes,
    ms: median(runs.flatMap((run) => (run[i]?.nodes === nodes ? [run[i].ms] : []))),
  }));
}
