import { type Command, Command as Commander } from 'commander';
import type { Context, ExitCode } from './commands/command.ts';
import { jsonOption } from './options.ts';
import { createOutput } from './output.ts';
import type { Handle } from './program/handle.ts';
import { addMeasuring } from './program/measure.ts';
import { addTraining } from './program/train.ts';
import { addUse } from './program/use.ts';
import { addWeights } from './program/weights.ts';

/** The command line as data: every command, argument and option, by what they are for. The handlers live in `commands/`. */
export function createProgram(version: string, signal: AbortSignal, done: (code: ExitCode) => void): Command {
  const program = new Commander('alexnet')
    .description('One AlexNet on every JavaScript backend: prove that they agree, measure them, use them.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('Run with --help to see what there is.');

  const handle: Handle = <T extends unknown[]>(
    command: Command,
    handler: (context: Context, ...args: T) => Promise<ExitCode>,
  ) =>
    jsonOption(command).action(async (...args: unknown[]) => {
      const self = args.pop() as Command;
      const output = createOutput(self.opts<{ json?: true }>().json === true);
      done(await handler({ output, signal }, ...(args as T)));
    });
  for (const add of [addMeasuring, addWeights, addUse, addTraining]) add(program, handle);
  return program;
}
