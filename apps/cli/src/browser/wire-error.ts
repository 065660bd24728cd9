import { AlexNetError, type ErrorCode } from '@alexnet/core';

/** An error as JSON carries it from the page to Node. */
export interface WireError {
  readonly text: string;
  /** Of an `AlexNetError` only. */
  readonly code?: ErrorCode;
  readonly fix?: string;
  readonly where?: string;
}

export function toWire(error: unknown): WireError {
  if (!(error instanceof AlexNetError)) return { text: error instanceof Error ? error.message : String(error) };
  const { code, fix, where, message } = error;
  // The message ends with place and advice, which the constructor at the other side appends again.
  const tail = `${where === undefined ? '' : ` (${where})`}.${fix === undefined ? '' : ` ${fix}`}`;
  return {
    text: message.endsWith(tail) ? message.slice(0, -tail.length) : message,
    code,
    ...(fix === undefined ? {} : { fix }),
    ...(where === undefined ? {} : { where }),
  };
}

/** The same error again; one that was no `AlexNetError` becomes `backend-failure`. */
export function fromWire({ text, code = 'backend-failure', fix, where }: WireError): AlexNetError {
  return new AlexNetError({
    code,
    message: text,
    ...(fix === undefined ? {} : { fix }),
    ...(where === undefined ? {} : { where }),
  });
}
