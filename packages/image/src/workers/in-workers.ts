import { availableParallelism } from 'node:os';
import { AlexNetError } from '@alexnet/core';
import { importSharp } from '../sharp.ts';
import { ahead } from './ahead.ts';
import type { Setup } from './jobs.ts';
import { startThread, type Thread } from './thread.ts';

export interface WorkerOptions {
  /** Worker threads. Default: one less than there are processors, at least 1. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

interface Run extends WorkerOptions {
  readonly setup: Setup;
  /** Results that may be under way or wait. Default: two per worker. */
  readonly prefetch?: number;
  /** For tests. */
  readonly entry?: URL;
}

const MOST_WORKERS = 256;

export function workerCount({ workers = Math.max(1, availableParallelism() - 1) }: WorkerOptions): number {
  if (Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS) return workers;
  throw new AlexNetError({
    code: 'invalid-input',
    message: `workers must be a whole number from 1 to ${MOST_WORKERS}, got ${workers}`,
    where: 'workers',
  });
}

function abortError(signal: AbortSignal | undefined): AlexNetError {
  return new AlexNetError({
    code: 'aborted',
    message: 'The work was cancelled',
    where: 'images',
    cause: signal?.reason as unknown,
  });
}

/** Built, the worker lies beside this code; in the source tree it must be made first. */
async function ownEntry(): Promise<URL> {
  if (!import.meta.url.endsWith('.ts')) return new URL('./worker.js', import.meta.url);
  const source = new URL('./from-source.mjs', import.meta.url).href;
  return ((await import(/* @vite-ignore */ source)) as { entry: URL }).entry;
}

/**
 * Gives jobs to worker threads, and their results in the order of the jobs. Threads are started when there is work for them,
 * and have ended when it returns, throws, is returned from or aborted.
 * Errors: those of the jobs; `backend-failure` for a worker that dies; `missing-dependency` (sharp); `aborted`.
 */
export async function* inWorkers<Job, Result>(
  jobs: Iterable<Job>,
  { setup, signal, entry, ...options }: Run,
): AsyncGenerator<Result, void, undefined> {
  const count = workerCount(options);
  // sharp's libraries must be loaded here first: they do not survive that the last thread that has them ends
  if (setup.kind === 'pixels' || setup.pack === undefined) await importSharp();
  const script = entry ?? (await ownEntry());
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const threads: Thread[] = [];
  const free: Thread[] = [];
  const queue: ((thread: Thread) => void)[] = [];
  const start = () => {
    const thread = startThread(script, { setup, flag });
    threads.push(thread);
    return thread;
  };
  const acquire = async () => {
    const thread = free.pop();
    if (thread !== undefined) return thread;
    return threads.length < count ? start() : new Promise<Thread>((resolve) => queue.push(resolve));
  };
  const release = (thread: Thread) => {
    const next = queue.shift();
    if (next === undefined) free.push(thread);
    else next(thread);
  };
  const run = async (job: Job) => {
    const thread = await acquire();
    try {
      return (await thread.run(job)) as Result;
    } finally {
      release(thread);
    }
  };
  // no Promise.race with one promise for all: it would keep every result until the end
  let cancel: ((reason: unknown) => void) | undefined;
  const abort = () => cancel?.(abortError(signal));
  signal?.addEventListener('abort', abort);
  const results = ahead(jobs, run, options.prefetch ?? 2 * count);
  try {
    for (;;) {
      if (signal?.aborted) throw abortError(signal);
      const next = await new Promise<IteratorResult<Result, void>>((resolve, reject) => {
        cancel = reject;
        results.next().then(resolve, reject);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    Atomics.store(flag, 0, 1);
    await Promise.all(threads.map(async (thread) => thread.stop()));
  }
}
