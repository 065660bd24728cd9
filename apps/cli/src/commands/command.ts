import type { Output } from '../output.ts';

/** What every command gets: where to write, and the signal that Ctrl-C fires. */
export interface Context {
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** What a command returns: the exit code. */
export type ExitCode = number;
