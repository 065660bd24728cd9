/** What went wrong, for programs to branch on. */
export type ErrorCode =
  | 'invalid-graph' // a graph that breaks the rules of the IR
  | 'invalid-weights' // weights that do not fit the graph
  | 'invalid-input' // a tensor, image or option that does not fit the call
  | 'invalid-file' // a file that is not what it claims to be
  | 'network' // a server or the way to it failed, or refused; the same later may work
  | 'unsupported' // a capability that the backend does not declare
  | 'missing-dependency' // an optional package that is not installed
  | 'unknown-name' // a backend, variant or value that does not exist
  | 'aborted' // the caller's AbortSignal fired
  | 'disposed' // the object was disposed before the call
  | 'device-lost' // the device went away; compile again
  | 'out-of-memory' // the request does not fit, found before allocation where possible
  | 'diverged' // a training left the finite numbers; its last checkpoint is from before that
  | 'backend-failure'; // the engine below failed; its own message is the `cause`

export interface ErrorDetails {
  readonly code: ErrorCode;
  /** What was wrong, as a sentence without the final full stop. */
  readonly message: string;
  /** How to put it right, as an imperative. */
  readonly fix?: string;
  /** Where: a node, tensor, file offset, option. */
  readonly where?: string;
  readonly cause?: unknown;
}

/** The one error class of the project: a program branches on `code`, a person acts on `fix`. */
export class AlexNetError extends Error {
  readonly code: ErrorCode;
  readonly fix: string | undefined;
  readonly where: string | undefined;

  constructor({ code, message, fix, where, cause }: ErrorDetails) {
    const place = where === undefined ? '' : ` (${where})`;
    const advice = fix === undefined ? '' : ` ${fix}`;
    super(`${message}${place}.${advice}`, cause === undefined ? undefined : { cause });
    this.name = 'AlexNetError';
    this.code = code;
    this.fix = fix;
    this.where = where;
  }
}

/** Throws `aborted` when the signal has fired; call it between units of long work. */
export function throwIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted) throw abortedError(signal, where);
}

/** What `throwIfAborted` throws. */
export function abortedError(signal: AbortSignal | undefined, where: string): AlexNetError {
  return new AlexNetError({ code: 'aborted', message: 'The work was cancelled', where, cause: signal?.reason });
}
