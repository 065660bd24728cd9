import type { Job, News, Order, Progress, Results } from '../worker/messages.ts';

/** How long a worker may take to stop what it does, in milliseconds. Then it is ended. */
const GRACE_MS = 2000;
/** A worker that says nothing for so long has hung, or was ended by the browser for want of memory, which tells nobody. */
const SILENCE_MS = 180_000;

export interface InWorkerOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Has a fresh worker do a job, and ends the worker then: its memory comes back, whatever the engine held, and what breaks the worker
 * breaks nothing else. Errors: what the job says, or what became of the worker; the reason of the signal.
 */
export function inWorker<K extends Job['kind']>(
  job: Job & { readonly kind: K },
  { signal, onProgress }: InWorkerOptions,
): Promise<Results[K]> {
  const worker = new Worker(new URL('../worker/measure.worker.ts', import.meta.url), { type: 'module' });
  const send = (order: Order) => worker.postMessage(order);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const after = (ms: number, what: () => void) => {
    const timer = setTimeout(what, ms);
    timers.add(timer);
    return timer;
  };
  const cancel = new AbortController();
  const work = new Promise<Results[K]>((resolve, reject) => {
    const hung = () => reject(new Error(`Nothing was heard for ${SILENCE_MS / 1000} s: it hangs, or memory ran out.`));
    let silence = after(SILENCE_MS, hung);
    worker.addEventListener('message', ({ data }: MessageEvent<News>) => {
      clearTimeout(silence);
      silence = after(SILENCE_MS, hung);
      if (data.kind === 'progress') onProgress(data);
      else if (signal.aborted) reject(signal.reason);
      else if (data.kind === 'done') resolve(data.result as Results[K]);
      else reject(new Error(data.text));
    });
    worker.addEventListener('messageerror', () => reject(new Error('The worker sent what cannot be read.')));
    worker.addEventListener('error', (event) => {
      event.preventDefault(); // it is shown where it belongs, not on the console
      reject(new Error(`The worker broke down: ${event.message || 'its script did not load'}`));
    });
    const stop = () => {
      send({ kind: 'cancel' });
      after(GRACE_MS, () => reject(signal.reason));
    };
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', stop, { signal: cancel.signal });
    send(job);
  });
  return work.finally(() => {
    cancel.abort();
    for (const timer of timers) clearTimeout(timer);
    worker.terminate();
  });
}
