import { AlexNetError } from '@alexnet/core';

/** An error as it is shown and as messages carry it: a person reads what went wrong, and what to do. */
export interface Failure {
  /** Of an `AlexNetError`; else `failure`. */
  readonly code: string;
  /** With its place, as a sentence. */
  readonly message: string;
  readonly fix?: string;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  if (!(error instanceof AlexNetError)) {
    return { code: 'failure', message: error instanceof Error ? error.message : String(error) };
  }
  const { code, message, fix } = error;
  // the message ends with the advice, which is shown apart
  if (fix === undefined || !message.endsWith(` ${fix}`)) return { code, message };
  return { code, message: message.slice(0, -fix.length - 1), fix };
}

/** A failure that is thrown on this side of a worker. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
