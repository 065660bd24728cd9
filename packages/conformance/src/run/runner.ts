import { type Backend, throwIfAborted } from '@alexnet/core';
import { createOracleCache, type OracleCache, type OracleProgress } from '../networks/oracle.ts';
import type { CheckDefinition } from './check.ts';
import type { Stage } from './plan.ts';
import { type Done, runCheck } from './run-check.ts';
import type { Skips } from './skips.ts';

export interface RunnerOptions {
  readonly backend: Backend;
  readonly skips: Skips;
  readonly oracle: OracleCache | undefined;
  readonly timeLimitMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  onOracle?(progress: OracleProgress): void;
}

/** Carries checks out one after the other, whoever asks for them: a run, or tests of a test runner. */
export interface Runner {
  /** Computes what these checks of a stage compare with, as far as the backend declares them. Errors: `aborted`, and the oracle's. */
  prepare(stage: Stage, checks: readonly CheckDefinition[]): Promise<void>;
  /** Errors: `aborted`. */
  run(check: CheckDefinition): Promise<Done>;
  end(stage: Stage): Promise<void>;
}

/** Long enough for a full-size network on a software GPU. */
const TIME_LIMIT_MS = 120_000;
/** After so many checks that did not end, a backend is not asked again. */
const HANGS_BEFORE_GIVING_UP = 2;

export function createRunner(options: RunnerOptions): Runner {
  const { backend, skips, signal, timeLimitMs = TIME_LIMIT_MS, oracle = createOracleCache(), onOracle } = options;
  const asked = {
    ...(signal === undefined ? {} : { signal }),
    ...(onOracle === undefined ? {} : { onProgress: onOracle }),
  };
  let hung = 0;
  return {
    async prepare(stage, checks) {
      const declared = checks.filter(
        ({ notDeclared }) => notDeclared?.(backend.capabilities, backend.testing) === undefined,
      );
      const images = new Set(declared.flatMap(({ image }) => (image === undefined ? [] : [image])));
      await stage.prepare?.(oracle, images, asked);
    },
    async run(check) {
      throwIfAborted(signal, 'conformance run');
      const giveUp = hung >= HANGS_BEFORE_GIVING_UP;
      const done = await runCheck(check, { backend, skips, timeLimitMs, signal, giveUp });
      throwIfAborted(signal, 'conformance run');
      if (done.hung) hung++;
      return done;
    },
    end: (stage) => endWithin(timeLimitMs, stage.end()),
  };
}

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
