import { Worker } from 'node:worker_threads';
import { AlexNetError, type ErrorCode } from '@alexnet/core';
import type { Order, Reply } from './jobs.ts';

export interface Thread {
  /** One job at a time. Errors: what the job throws; `backend-failure` when the thread dies of it. */
  run(job: unknown): Promise<unknown>;
  /** Resolves when the thread has ended, after the image that it is at. */
  stop(): Promise<void>;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: AlexNetError): void;
}

/** Starts a worker thread. It keeps the process alive only while it has something to do. */
export function startThread(entry: URL, data: unknown): Thread {
  // options of the process, such as those for code on its command line, are not for it
  const worker = new Worker(entry, { workerData: data, execArgv: [] });
  let waiting: Waiting | undefined;
  let death: AlexNetError | undefined;
  worker.unref();

  const post = (order: Order) => worker.postMessage(order, []);
  const settle = (how: (waiting: Waiting) => void) => {
    if (waiting === undefined) return;
    worker.unref();
    const settled = waiting;
    waiting = undefined;
    how(settled);
  };
  const die = (message: string, cause?: unknown) => {
    death ??= new AlexNetError({ code: 'backend-failure', message, where: 'worker', cause });
    const error = death;
    settle(({ reject }) => reject(error));
  };
  worker.on('message', (reply: Reply) =>
    settle(({ resolve, reject }) => ('done' in reply ? resolve(reply.done) : reject(errorOf(reply.error)))),
  );
  worker.on('error', (cause) => die(`A worker that decodes images died: ${cause.message}`, cause));
  worker.on('exit', (code) => die(`A worker that decodes images ended with code ${code}`));

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (death !== undefined) {
          reject(death);
          return;
        }
        waiting = { resolve, reject };
        worker.ref();
        post({ job });
      }),
    async stop() {
      if (worker.threadId === -1) return; // it has ended
      worker.ref();
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      post('stop');
      await ended;
    },
  };
}

/** An error from the other thread: text, as its class does not survive the way. */
function errorOf({ code, message }: { readonly code: string; readonly message: string }): AlexNetError {
  return new AlexNetError({ code: code as ErrorCode, message: message.replace(/\.$/, '') });
}
