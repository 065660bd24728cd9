import { linkTo } from '../link/ask.ts';
import type { Network } from '../network.ts';
import type { Progress } from './progress.ts';
import type { Read } from './read-files.ts';
import type { Wanted, WeightsAnswers } from './weights.worker.ts';

/** Something under way that can be stopped. Dispose of it to stop it: its promise then fails with `aborted`. */
export interface Reading<T> extends Disposable {
  readonly done: Promise<T>;
}

/** Reads weights that a person has given, in a worker of their own. */
export function readInWorker(wanted: Wanted, onProgress: (progress: Progress) => void): Reading<Read> {
  const link = startWorker();
  return ending(link, link.ask('read', wanted, { onNews: onProgress }));
}

/** The network that the page starts with. */
export function readDefault(onProgress: (progress: Progress) => void): Reading<Network> {
  const link = startWorker();
  return ending(link, link.ask('start', undefined, { onNews: onProgress }));
}

function startWorker() {
  return linkTo<WeightsAnswers>(new Worker(new URL('./weights.worker.ts', import.meta.url), { type: 'module' }));
}

function ending<T>(link: Disposable, asked: Promise<T>): Reading<T> {
  const end = () => link[Symbol.dispose]();
  return { done: asked.finally(end), [Symbol.dispose]: end };
}
