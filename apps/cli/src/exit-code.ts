import { AlexNetError } from '@alexnet/core';
import { CommanderError } from 'commander';

/** What the shell sees. */
export const exitCode = {
  /** Everything that was asked for was done, and every check passed. */
  passed: 0,
  /** A check failed, or the work could not be done. */
  failed: 1,
  /** The command line was wrong: an unknown option, backend or variant. */
  usage: 2,
  /** Ctrl-C. */
  cancelled: 130,
} as const;

/** The exit code for something that was thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.passed : exitCode.usage;
  if (!(error instanceof AlexNetError)) return exitCode.failed;
  if (error.code === 'aborted') return exitCode.cancelled;
  return error.code === 'unknown-name' || error.where?.startsWith('option ') ? exitCode.usage : exitCode.failed;
}
