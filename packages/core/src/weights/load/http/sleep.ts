import { throwIfAborted } from '../../../error.ts';

/** Waits, and no longer than until the signal fires. Errors: `aborted`. */
export async function sleep(ms: number, signal: AbortSignal | undefined, where: string): Promise<void> {
  throwIfAborted(signal, where);
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
  throwIfAborted(signal, where);
}
