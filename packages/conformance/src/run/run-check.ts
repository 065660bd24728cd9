import type { Backend } from '@alexnet/core';
import type { Check, EndToEnd } from '../report/report.ts';
import type { CheckDefinition } from './check.ts';
import type { Skips } from './skips.ts';

export interface RunCheckOptions {
  readonly backend: Backend;
  readonly skips: Skips;
  readonly timeLimitMs: number;
  /** The caller's wish to stop; also ends the check that is running. */
  readonly signal: AbortSignal | undefined;
  /** Do not try: the backend did not answer to the checks before. */
  readonly giveUp: boolean;
}

export interface Done {
  readonly check: Check;
  readonly endToEnd?: EndToEnd;
  readonly hung: boolean;
}

type Outcome = Awaited<ReturnType<CheckDefinition['run']>> & { readonly hung?: true };

/** Carries one check out, whatever the backend does: an error is a failure with its message, and so is no answer. */
export async function runCheck(definition: CheckDefinition, options: RunCheckOptions): Promise<Done> {
  const { notDeclared, run: _run, ...facts } = definition;
  const started = performance.now();
  const finish = (result: Pick<Check, 'status' | 'reason' | 'issue' | 'elements' | 'worst' | 'maxRatio'>): Check => ({
    ...facts,
    ...result,
    ms: performance.now() - started,
  });

  const reason = notDeclared?.(options.backend.capabilities, options.backend.testing);
  if (reason !== undefined) return { check: finish({ status: 'skipped', reason }), hung: false };
  if (options.giveUp) {
    return {
      check: finish({ status: 'failed', reason: 'Not tried: checks before this one did not end' }),
      hung: false,
    };
  }
  const { passed, endToEnd, hung = false, ...verdict } = await attempt(definition, options);
  const check = finish(withSkip(passed, verdict, options.skips(definition.id)));
  return { check, hung, ...(endToEnd === undefined ? {} : { endToEnd }) };
}

/** A check that is skipped must fail; when it passes, the skip is out of date. */
function withSkip(passed: boolean, verdict: Omit<Outcome, 'passed' | 'endToEnd' | 'hung'>, skip: ReturnType<Skips>) {
  if (skip === undefined) return { ...verdict, status: passed ? ('passed' as const) : ('failed' as const) };
  const { reason, issue } = skip;
  if (!passed) return { ...verdict, status: 'skipped' as const, reason, ...(issue === undefined ? {} : { issue }) };
  return { ...verdict, status: 'failed' as const, reason: `Unexpected pass: remove the skip "${reason}"` };
}

async function attempt(
  definition: CheckDefinition,
  { backend, timeLimitMs, signal }: RunCheckOptions,
): Promise<Outcome> {
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => {
      resolve({ passed: false, hung: true, reason: `No answer within ${timeLimitMs / 1000} s` });
      stop.abort();
    }, timeLimitMs);
  });
  const stopped = new Promise<Outcome>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve({ passed: false, reason: 'Cancelled' }), { once: true });
  });
  try {
    return await Promise.race([late, verdictOf(definition, backend, stop.signal), stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function verdictOf(definition: CheckDefinition, backend: Backend, signal: AbortSignal): Promise<Outcome> {
  try {
    return await definition.run(backend, signal);
  } catch (error) {
    return { passed: false, reason: `Threw ${error instanceof Error ? error.message : String(error)}` };
  }
}
