import { abortedError, throwIfAborted } from './error.ts';

export interface TurnOptions {
  readonly signal?: AbortSignal | undefined;
  /** What waits, for the error. */
  readonly what?: string;
}

/**
 * Does work when all work before it has ended, however it ended. Who stops waiting hears `aborted` at once, and that work never begins; the
 * rejection counts as seen, for a caller that awaits its calls in order gets to it later.
 */
export type Turns = <T>(work: () => Promise<T>, options?: TurnOptions) => Promise<T>;

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>, { signal, what = 'the call' }: TurnOptions = {}) => {
    const turn = new Promise<T>((resolve, reject) => {
      throwIfAborted(signal, what);
      const leave = () => {
        turn.catch(() => {});
        reject(abortedError(signal, what));
      };
      signal?.addEventListener('abort', leave, { once: true });
      const before = last;
      const inTurn = async () => {
        await before;
        signal?.removeEventListener('abort', leave);
        throwIfAborted(signal, what);
        resolve(await work());
      };
      last = inTurn().catch(reject);
    });
    return turn;
  };
}
