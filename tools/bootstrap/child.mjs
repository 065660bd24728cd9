import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Where a program's standard output and standard error go. */
const outputs = /** @type {const} */ ({ ours: [1, 2], stderr: [2, 2], none: ['ignore', 'ignore'] });

/**
 * Runs a program to its end with the terminal as ours, and resolves with its exit code: 128 + n when signal n ended it,
 * 127 when it could not be started. Signals reach the program, and its answer to them decides; but one that was told to
 * stop and then claims success (turbo does) was interrupted all the same.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, output?: 'ours' | 'stderr' | 'none', shell?: boolean }} [options]
 *   output `stderr`: all that it writes goes to standard error, which leaves standard output to the job.
 * @returns {Promise<number>}
 */
export function run(command, args, { cwd, env = process.env, output = 'ours', shell = false } = {}) {
  const [stdout, stderr] = outputs[output];
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, stdio: ['inherit', stdout, stderr] });

    /** @type {NodeJS.Signals | null} */
    let told = null;
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      told = signal;
      // Ctrl-C in a terminal already went to the whole process group; twice would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    for (const signal of signals) process.on(signal, forward);

    /** @param {number} code */
    const end = (code) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.once('error', (error) => {
      console.error(`Cannot run ${command}: ${error.message}`);
      end(127);
    });
    child.once('close', (code, signal) => {
      const by = signal ?? told;
      end(code || (by === null ? 0 : 128 + constants.signals[by]));
    });
  });
}
