import { type Backend, type Precision, throwIfAborted } from '@alexnet/core';
import { behaviourChecks } from './behaviour/index.ts';
import type { CheckDefinition } from './check.ts';
import { type NetworkUnderTest, networkCheckIds, networkStages } from './networks/checks.ts';
import { createOracleCache, type OracleCache, type OracleProgress } from './networks/oracle.ts';
import { opChecks } from './ops/check.ts';
import { storedPrecisions } from './precision.ts';
import { propertyChecks } from './properties/index.ts';
import { type BackendReport, type Check, type EndToEnd, type SkippedTests, type Suite, suites } from './report.ts';
import { runCheck } from './run-check.ts';
import { createSkips, summarize } from './skips.ts';

/** News of a run, for progress bars. */
export type Progress =
  | ({ readonly stage: 'oracle' } & OracleProgress)
  /** A check was done; `done` of `total` in this run. */
  | { readonly stage: 'check'; readonly check: Check; readonly done: number; readonly total: number };

export interface ConformanceOptions {
  readonly backend: Backend;
  /** Default: all. Networks also need `networks`. */
  readonly suites?: readonly Suite[];
  readonly networks?: readonly NetworkUnderTest[];
  /**
   * How many of the networks, from the first, are checked with stored weights too (f16, q8, q4, as far as they are declared), on their
   * first image: the layers before the first linear one are the same in every precision. Default 1.
   */
  readonly storedNetworks?: number;
  /** Hand the same cache to the runs of several backends: the oracle takes seconds per full-size network and image. */
  readonly oracle?: OracleCache;
  /** Checks that are known to fail, besides the backend's own `deviations`, by id; `*` at the end stands for any rest. They run, and one that passes fails the run. */
  readonly skips?: readonly SkippedTests[];
  /** How long one check may take before it counts as failed. Default two minutes. */
  readonly timeLimitMs?: number;
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
}

/**
 * Runs the suite on a backend. A backend that is wrong, throws or hangs makes failed checks, never an error.
 * The backend is not disposed. Errors: `aborted`; `invalid-input` for one of `skips` that matches no check; those of the oracle for a network that
 * does not fit its weights or images: `invalid-graph`, `invalid-weights`, `invalid-input`.
 */
export async function runConformance(options: ConformanceOptions): Promise<BackendReport> {
  const { backend, networks = [], storedNetworks = 1, signal, onProgress, timeLimitMs = 120_000 } = options;
  const wanted = new Set(options.suites ?? suites);
  const oracle = options.oracle ?? createOracleCache();
  const fixed = [
    ...(wanted.has('op') ? opChecks : []),
    ...(wanted.has('property') ? propertyChecks : []),
    ...(wanted.has('behaviour') ? behaviourChecks : []),
  ];
  const chosenNetworks = wanted.has('network') ? networks : [];
  const stored = chosenNetworks
    .slice(0, storedNetworks)
    .map((network) => ({ ...network, images: network.images.slice(0, 1) }));
  const ids = [
    ...fixed.map(({ id }) => id),
    ...chosenNetworks.flatMap((network) => networkCheckIds(network)),
    ...stored.flatMap((network) => storedPrecisions.flatMap((precision) => networkCheckIds(network, precision))),
  ];
  const skips = createSkips([...(options.skips ?? []), ...(backend.deviations ?? [])], ids);

  const started = performance.now();
  const checks: Check[] = [];
  const endToEnd: EndToEnd[] = [];
  let hung = 0;
  const carryOut = async (definitions: Iterable<CheckDefinition>) => {
    for (const definition of definitions) {
      throwIfAborted(signal, 'conformance run');
      const done = await runCheck(definition, {
        backend,
        skips,
        timeLimitMs,
        signal,
        giveUp: hung >= HANGS_BEFORE_GIVING_UP,
      });
      throwIfAborted(signal, 'conformance run');
      if (done.hung) hung++;
      checks.push(done.check);
      if (done.endToEnd !== undefined) endToEnd.push(done.endToEnd);
      onProgress?.({ stage: 'check', check: done.check, done: checks.length, total: ids.length });
    }
  };

  const carryOutNetwork = async (network: NetworkUnderTest, precision: Precision) => {
    const declared = backend.capabilities.precisions.includes(precision);
    const onOracle = (progress: OracleProgress) => onProgress?.({ stage: 'oracle', ...progress });
    const asked = { precision, ...(signal === undefined ? {} : { signal }), onProgress: onOracle };
    const expected = declared ? await oracle.expect(network, asked) : new Map<string, never>();
    for (const stage of networkStages(network, expected, precision)) {
      try {
        await carryOut(stage.checks);
      } finally {
        await endWithin(timeLimitMs, stage.end());
      }
    }
  };

  await carryOut(fixed);
  for (const network of chosenNetworks) await carryOutNetwork(network, 'f32');
  for (const network of stored) for (const precision of storedPrecisions) await carryOutNetwork(network, precision);
  return {
    backend: { id: backend.id, environment: backend.environment },
    checks,
    endToEnd,
    summary: summarize(checks),
    ms: performance.now() - started,
  };
}

/** After so many checks that did not end, a backend is not asked again. */
const HANGS_BEFORE_GIVING_UP = 2;

/** Waits for work to end, but not for ever: a program that hangs may hang in its disposal too. */
async function endWithin(ms: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer); // a timer that is left keeps the process alive
  }
}
