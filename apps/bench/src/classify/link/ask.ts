import { type Failure, FailureError } from './failure.ts';
import type { Answer, Answered, Answers, Asked, Question } from './link.ts';

/** A worker that can be asked. Dispose of it to end it at once, with all that it holds; what was asked then fails with `aborted`. */
export interface Link<A extends Answers> extends Disposable {
  /** It was disposed of, or has broken down: it answers no more. */
  readonly ended: boolean;
  /** Errors: `FailureError`, also when the worker breaks down. */
  ask<K extends keyof A & string>(
    name: K,
    question: Question<A, K>,
    options?: { readonly move?: readonly Transferable[]; readonly onNews?: (news: never) => void },
  ): Promise<Answer<A, K>>;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: FailureError) => void;
  readonly onNews: ((news: never) => void) | undefined;
}

export function linkTo<A extends Answers>(worker: Worker): Link<A> {
  const waiting = new Map<number, Waiting>();
  let count = 0;
  let ended: FailureError | undefined;
  const end = (failure: Failure) => {
    ended ??= new FailureError(failure);
    worker.terminate();
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.addEventListener('message', ({ data }: MessageEvent<Answered>) => {
    const asker = waiting.get(data.id);
    if (asker === undefined) return;
    if ('news' in data) {
      asker.onNews?.(data.news as never);
      return;
    }
    waiting.delete(data.id);
    if ('answer' in data) asker.resolve(data.answer as never);
    else asker.reject(new FailureError(data.failure));
  });
  worker.addEventListener('messageerror', () => end(brokenDown('it sent a message that cannot be read')));
  worker.addEventListener('error', (event) => {
    event.preventDefault(); // it is shown, and need not be in the console too
    end(brokenDown(event.message || 'its script did not load'));
  });
  return {
    get ended() {
      return ended !== undefined;
    },
    ask(name, question, { move = [], onNews } = {}) {
      return new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(ended);
          return;
        }
        const id = count++;
        waiting.set(id, { resolve, reject, onNews });
        worker.postMessage({ id, name, question } satisfies Asked, [...move]);
      });
    },
    [Symbol.dispose]: () => end({ code: 'aborted', message: 'The work was cancelled.' }),
  };
}

function brokenDown(why: string): Failure {
  return {
    code: 'backend-failure',
    message: `The worker broke down: ${why}.`,
    fix: 'The usual cause is memory: choose fewer backends, or a smaller file.',
  };
}
