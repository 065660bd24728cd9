import { AlexNetError } from '@alexnet/core';
import { CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { exitCode, exitCodeOf } from './exit-code.ts';
import { createProgram } from './program.ts';

const controller = new AbortController();
process.once('SIGINT', () => {
  process.stderr.write('\nCancelling; press Ctrl-C again to stop at once.\n');
  controller.abort();
});
// A reader that goes away (`alexnet inspect ... | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCode.passed);
  throw error;
});

try {
  const program = createProgram(packageJson.version, controller.signal, (code) => {
    process.exitCode = code;
  });
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (!(error instanceof CommanderError)) process.stderr.write(`${describe(error)}\n`);
}

function describe(error: unknown): string {
  if (error instanceof AlexNetError) return `error: ${error.message}`;
  return `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
