import { throwIfAborted } from './error.ts';

/** Drains a generator, with a turn of the event loop between steps so that signals arrive and others can run. Errors: `aborted`. */
export async function untilDone<T>(
  steps: Generator<unknown, T, void>,
  signal: AbortSignal | undefined,
  where: string,
): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await new Promise((resolve) => setTimeout(resolve));
    throwIfAborted(signal, where);
  }
}
