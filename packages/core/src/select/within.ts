import { AlexNetError, throwIfAborted } from '../error.ts';

/** How long all that one provider does may take together. */
export interface TimeLimit {
  /**
   * Waits for work, but no longer than there is time, and not after an abort. What arrives too late is handed to `late`.
   * What blocks the event loop cannot be interrupted. Errors: those of the work, `aborted`, `backend-failure` when the time is over.
   */
  wait<T>(what: string, work: () => Promise<T>, late?: (result: T) => unknown): Promise<T>;
}

export interface LimitOptions {
  readonly limitMs: number;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

export function timeLimit({ limitMs, now, signal }: LimitOptions): TimeLimit {
  const end = now() + limitMs;
  return {
    wait(what, work, late = () => {}) {
      return new Promise((resolve, reject) => {
        throwIfAborted(signal, what);
        let over = false;
        const finish = (settle: () => void) => {
          if (over) return;
          over = true;
          clearTimeout(timer);
          signal?.removeEventListener('abort', stop);
          settle();
        };
        const stop = () =>
          finish(() => reject(new AlexNetError({ code: 'aborted', message: 'The work was cancelled', where: what })));
        const timer = setTimeout(() => finish(() => reject(tooLong(what, limitMs))), Math.max(0, end - now()));
        signal?.addEventListener('abort', stop);
        Promise.resolve()
          .then(work)
          .then(
            (result) => (over ? void late(result) : finish(() => resolve(result))),
            (error: unknown) => finish(() => reject(error)),
          );
      });
    },
  };
}

function tooLong(what: string, limitMs: number): AlexNetError {
  return new AlexNetError({
    code: 'backend-failure',
    message: `Its time of ${limitMs / 1000} s was over in ${what}`,
  });
}
