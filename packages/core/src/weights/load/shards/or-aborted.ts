import { abortedError } from '../../../error.ts';
import { deferred } from './deferred.ts';

/** Waits, and no longer than until the signal fires. Errors: `aborted`. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined, where: string): Promise<T> {
  if (signal === undefined) return promise;
  const fired = deferred<never>();
  const onAbort = () => fired.reject(abortedError(signal, where));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, fired.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
