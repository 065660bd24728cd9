import type { Failure } from './failure.ts';

/*
 * Questions to a worker and its answers. A worker answers one question after the other; errors travel as `Failure`.
 */

/** What an answering function can do besides. */
export interface Asking<News> {
  /** Tells the page something before the answer is there. */
  tell(news: News): void;
  /** Buffers of the answer that the worker needs no more: they move to the page instead of being copied. */
  move(...buffers: readonly Transferable[]): void;
}

/** What a worker can be asked: by name, a function of one plain argument. */
export type Answers<News = never> = Readonly<Record<string, (question: never, asking: Asking<News>) => unknown>>;

export type Question<A extends Answers, K extends keyof A> = Parameters<A[K]>[0];
export type Answer<A extends Answers, K extends keyof A> = Awaited<ReturnType<A[K]>>;

export interface Asked {
  readonly id: number;
  readonly name: string;
  readonly question: unknown;
}

/** Says which question it belongs to; `news` comes any number of times, one of the others ends it. */
export type Answered = { readonly id: number } & (
  | { readonly news: unknown }
  | { readonly answer: unknown }
  | { readonly failure: Failure }
);
