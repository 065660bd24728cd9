import type { Command } from 'commander';
import type { Context, ExitCode } from '../commands/command.ts';

/** Gives a command its handler, which gets the command's arguments and options. Every command takes --json. */
export type Handle = <T extends unknown[]>(
  command: Command,
  handler: (context: Context, ...args: T) => Promise<ExitCode>,
) => void;
