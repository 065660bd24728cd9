import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Where a program's standard output and standard error go. */
const outputs = /** @type {const} */ ({ ours: [1, 2], stderr: [2, 2], none: ['ignore', 'ignore'] });

/** The exit code of a program that took too long, as timeout(1) has it. */
export const TIMED_OUT = 124;

/** How long a program that is told to stop may take to clean up. */
const graceSeconds = 5;

/**
 * Runs a program to its end with the terminal as ours, and resolves with its exit code: 128 + n when signal n ended it,
 * 127 when it could not be started. Signals reach the program, and its answer to them decides; but one that was told to
 * stop and then claims success (turbo does) was interrupted all the same.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {'ours' | 'stderr' | 'none' | number} [options.output] `stderr`: all that it writes goes to standard error, which
 *   leaves standard output to the job; a number is the descriptor of an open file that gets all.
 * @param {boolean} [options.shell]
 * @param {number} [options.seconds] after which it is ended, with all that it started; the exit code is then TIMED_OUT.
 *   Such a program has no standard input.
 * @returns {Promise<number>}
 */
export function run(command, args, { cwd, env = process.env, output = 'ours', shell = false, seconds } = {}) {
  const [stdout, stderr] = typeof output === 'number' ? [output, output] : outputs[output];
  // Only a process group can be ended as a whole. (Windows has none: there the program itself is ended.)
  const group = seconds !== undefined && process.platform !== 'win32';
  const stdin = seconds === undefined ? 'inherit' : 'ignore';
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, detached: group, stdio: [stdin, stdout, stderr] });

    /** @param {NodeJS.Signals} signal */
    const send = (signal) => {
      if (!group || child.pid === undefined) return child.kill(signal);
      try {
        return process.kill(-child.pid, signal);
      } catch {
        return false; // The last of the group has ended.
      }
    };

    /** @type {NodeJS.Signals | null} */
    let told = null;
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      told = signal;
      // Ctrl-C in a terminal already went to the whole process group, unless it is another; twice would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY || group) send(signal);
    };
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    for (const signal of signals) process.on(signal, forward);

    let late = false;
    /** @type {NodeJS.Timeout[]} */
    const timers = [];
    if (seconds !== undefined) {
      timers.push(
        setTimeout(() => {
          late = true;
          send('SIGTERM');
          timers.push(setTimeout(() => send('SIGKILL'), graceSeconds * 1000));
        }, seconds * 1000),
      );
    }

    /** @param {number} code */
    const end = (code) => {
      for (const timer of timers) clearTimeout(timer);
      for (const signal of signals) process.off(signal, forward);
      if (late) send('SIGKILL'); // What it started may have outlived it.
      resolve(late && told === null ? TIMED_OUT : code);
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
