import { type Backend, throwIfAborted } from '@alexnet/core';
import type { OracleCache, OracleProgress } from '../networks/oracle.ts';
import type { BackendReport, Check, EndToEnd, SkippedTests } from '../report/report.ts';
import { checkBackend } from './check-backend.ts';
import { idsOfAnyLevel, type PlanOptions, planStages, type Stage } from './plan.ts';
import { createRunner } from './runner.ts';
import { type Selection, selectChecks } from './select.ts';
import { createSkips, summarize } from './skips.ts';
import { createTimeLeft } from './time-left.ts';
import { preparationOf, workOf } from './work.ts';

/** News of a run, for progress bars. */
export type Progress = {
  /** An estimate, from the speed so far. */
  readonly secondsLeft: number;
} & (
  | ({ readonly stage: 'oracle' } & OracleProgress)
  /** A check was done; `done` of `total` in this run. */
  | { readonly stage: 'check'; readonly check: Check; readonly done: number; readonly total: number }
);

export interface ConformanceOptions extends PlanOptions {
  readonly backend: Backend;
  /** Which of the checks to run. Default: all that the level, the suites and the networks make. */
  readonly select?: Selection;
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
 * The backend is not disposed. Errors: `aborted`; `unknown-name` for a part of `select` that matches no check; `invalid-input` for one of `skips`
 * that matches no check and for what is no backend at all; those of the oracle for a network that does not fit its weights or images:
 * `invalid-graph`, `invalid-weights`, `invalid-input`.
 */
export async function runConformance(options: ConformanceOptions): Promise<BackendReport> {
  const { backend, signal, onProgress } = options;
  checkBackend(backend);
  const { stages, ids, skips } = chooseStages(options);
  const total = stages.reduce((sum, { checks }) => sum + checks.length, 0);
  const timeLeft = createTimeLeft(
    stages.flatMap(({ stage, checks }) => [
      preparationOf(stage, checks),
      ...checks.map((check) => workOf(stage, check)),
    ]),
  );
  const runner = createRunner({
    backend,
    skips: createSkips(skips, ids),
    oracle: options.oracle,
    timeLimitMs: options.timeLimitMs,
    signal,
    onOracle: (progress) => onProgress?.({ stage: 'oracle', ...progress, secondsLeft: timeLeft.seconds() }),
  });

  const started = performance.now();
  const checks: Check[] = [];
  const endToEnd: EndToEnd[] = [];
  for (const { stage, checks: chosen } of stages) {
    try {
      throwIfAborted(signal, 'conformance run');
      await runner.prepare(stage, chosen);
      timeLeft.did(preparationOf(stage, chosen));
      for (const definition of chosen) {
        const done = await runner.run(definition);
        timeLeft.did(workOf(stage, definition));
        checks.push(done.check);
        if (done.endToEnd !== undefined) endToEnd.push(done.endToEnd);
        const secondsLeft = timeLeft.seconds();
        onProgress?.({ stage: 'check', check: done.check, done: checks.length, total, secondsLeft });
      }
    } finally {
      await runner.end(stage);
    }
  }
  return {
    backend: { id: backend.id, environment: backend.environment },
    checks,
    endToEnd,
    summary: summarize(checks),
    ms: performance.now() - started,
  };
}

interface Chosen {
  readonly stages: readonly { readonly stage: Stage; readonly checks: Stage['checks'] }[];
  /** Of all checks, also those that were not selected or that another level has: a skip may name one. */
  readonly ids: readonly string[];
  readonly skips: readonly SkippedTests[];
}

/** The stages of a run, each with those of its checks that are selected. Errors: `unknown-name`. */
function chooseStages(options: ConformanceOptions): Chosen {
  const { backend, select } = options;
  const all = planStages(options);
  const definitions = all.flatMap(({ checks }) => checks);
  const taken = new Set(select === undefined ? definitions : selectChecks(definitions, select));
  const stages = all.map((stage) => ({ stage, checks: stage.checks.filter((check) => taken.has(check)) }));
  return {
    stages: stages.filter(({ checks }) => checks.length > 0),
    ids: idsOfAnyLevel(options),
    skips: [...(options.skips ?? []), ...(backend.deviations ?? [])],
  };
}
