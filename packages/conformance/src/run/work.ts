import { type PlanOptions, planStages, type Stage } from './plan.ts';
import type { CheckFacts } from './select.ts';
import type { Work } from './time-left.ts';

/** What checks take on an ordinary backend, in seconds. Only the relations matter much: a run measures its own speed. */
const SECONDS = { op: 0.02, gradient: 0.02, property: 0.1, behaviour: 0.1, training: 0.5, network: 0.02 } as const;
/** Checks that run many cases each. */
const SECONDS_OF_FUZZ = 0.5;
/** Per multiply-accumulate: what a backend takes, compilation included, and what the oracle takes with all it needs for budgets. */
const SECONDS_PER_MAC = 4e-9;
const ORACLE_SECONDS_PER_MAC = 2e-9;

/** One check of a stage. */
export function workOf(stage: Stage, { id, suite, image }: CheckFacts): Work {
  if (id.startsWith('property/fuzz/')) return { kind: 'fuzz', seconds: SECONDS_OF_FUZZ };
  if (stage.macs === undefined || stage.checks.find((check) => check.image === image)?.id !== id)
    return { kind: suite, seconds: SECONDS[suite] };
  // the first check of an image compiles and runs the program for all that come after it
  return { kind: 'program', seconds: SECONDS[suite] + SECONDS_PER_MAC * stage.macs };
}

/** What comes before some checks of a stage. */
export function preparationOf({ prepare, macs = 0 }: Stage, checks: readonly CheckFacts[]): Work {
  const images = new Set(checks.map(({ image }) => image)).size;
  return { kind: 'oracle', seconds: prepare === undefined ? 0 : ORACLE_SECONDS_PER_MAC * macs * images };
}

/** How long a run takes on an ordinary backend, for who runs several after each other: their relations are what matters. */
export function expectedSeconds(options: PlanOptions): number {
  return planStages(options)
    .flatMap((stage) => [preparationOf(stage, stage.checks), ...stage.checks.map((check) => workOf(stage, check))])
    .reduce((sum, { seconds }) => sum + seconds, 0);
}
