import { throwIfAborted } from './error.ts';

/** How long a turn of work may hold up all else. */
const TURN_MS = 8;

/** Drains a generator, with a turn of the event loop now and then, so that signals arrive and others can run. Errors: `aborted`. */
export async function untilDone<T>(
  steps: Generator<unknown, T, void>,
  signal: AbortSignal | undefined,
  where: string,
): Promise<T> {
  let since = Number.NEGATIVE_INFINITY; // at the start too: what runs many short works must not starve others
  for (;;) {
    if (Date.now() - since >= TURN_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      throwIfAborted(signal, where);
      since = Date.now();
    }
    const step = steps.next();
    if (step.done) return step.value;
  }
}
