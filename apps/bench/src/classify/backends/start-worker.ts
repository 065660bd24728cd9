import type { ClassifyAnswers } from '../classify.worker.ts';
import { type Link, linkTo } from '../link/ask.ts';

/** A worker for one backend. Its engine is loaded when it is asked to load a network. */
export function startWorker(): Link<ClassifyAnswers> {
  return linkTo(new Worker(new URL('../classify.worker.ts', import.meta.url), { type: 'module' }));
}
