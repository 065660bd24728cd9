import type { Backend, BackendProvider } from '@alexnet/core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { diagnosisLines } from './report/diagnosis-lines.ts';
import { checkBackend } from './run/check-backend.ts';
import { idsOfAnyLevel, type PlanOptions, planStages, type Stage } from './run/plan.ts';
import type { ConformanceOptions } from './run/run.ts';
import { createRunner, type Runner } from './run/runner.ts';
import { selectChecks } from './run/select.ts';
import { createSkips } from './run/skips.ts';

/*
 * For vitest: one test per check. They run on one backend, one after the other, and can be chosen by name as any test.
 */

export interface ConformanceTestsOptions
  extends PlanOptions,
    Pick<ConformanceOptions, 'select' | 'skips' | 'oracle' | 'timeLimitMs'> {
  /** Where backends come from. Where it says that it is not available, all tests are skipped, with what it says. */
  readonly provider?: BackendProvider;
  /** Instead of a provider: makes the backend. */
  create?(): Backend | Promise<Backend>;
  /** Names the group of tests. Default: the provider's id. */
  readonly name?: string;
}

/**
 * Registers a vitest test for every check that `runConformance` would run with these options. The backend is created before the first test
 * and disposed after the last. A check that is skipped shows as skipped, with its reason; a skip whose check passes fails.
 * Errors: those of `runConformance` for wrong options.
 */
export function conformanceTests(options: ConformanceTestsOptions): void {
  const stages = planStages(options);
  const all = stages.flatMap(({ checks }) => checks);
  const taken = new Set(options.select === undefined ? all : selectChecks(all, options.select));
  const parts = stages.map((stage) => ({ stage, checks: stage.checks.filter((check) => taken.has(check)) }));

  describe(`conformance of ${options.name ?? options.provider?.id ?? 'a backend'}`, () => {
    let backend: Backend | undefined;
    let runner: Runner | undefined;
    let absent = '';
    beforeAll(async () => {
      const availability = await options.provider?.probe();
      if (availability?.available === false) {
        absent = availability.detail;
        return;
      }
      const created = options.create === undefined ? await options.provider?.create() : await options.create();
      checkBackend(created);
      backend = created;
      runner = createRunner({
        backend,
        skips: createSkips([...(options.skips ?? []), ...(backend.deviations ?? [])], idsOfAnyLevel(options)),
        oracle: options.oracle,
        timeLimitMs: options.timeLimitMs,
        signal: undefined,
      });
    }, NO_LIMIT);
    afterAll(() => backend?.[Symbol.asyncDispose]());

    for (const { stage, checks } of parts) {
      if (checks.length > 0) registerStage(stage, checks, (skip) => runner ?? skip(absent));
    }
  });
}

type SkipTest = (note: string) => never;

/** The tests of a stage; what they share is made by the first that runs, and let go after the last. */
function registerStage(stage: Stage, checks: Stage['checks'], runnerOr: (skip: SkipTest) => Runner): void {
  describe(nameOf(stage), () => {
    let ready: { readonly runner: Runner; readonly prepared: Promise<void> } | undefined;
    for (const check of checks) {
      it(check.id, { timeout: NO_LIMIT }, async ({ skip }) => {
        const runner = runnerOr(skip);
        ready ??= { runner, prepared: runner.prepare(stage, checks) };
        await ready.prepared;
        const { status, reason = 'no reason given', name, diagnosis } = (await runner.run(check)).check;
        if (status === 'skipped') skip(reason);
        if (status === 'failed') throw new Error([`${name}: ${reason}`, ...diagnosisLines(diagnosis)].join('\n'));
      });
    }
    afterAll(() => ready?.runner.end(stage), NO_LIMIT);
  });
}

/** Of vitest: the suite has limits of its own, and the oracle of a full-size network takes its time. */
const NO_LIMIT = 600_000;

function nameOf({ checks }: Stage): string {
  const { suite, variant, precision } = checks[0]!;
  return [suite, variant, precision].filter((part) => part !== undefined).join(' ');
}
