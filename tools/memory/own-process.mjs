import { spawnSync } from 'node:child_process';

/**
 * Runs a script again in a process of its own and gives what it printed. Errors: its exit code, with what it said.
 * @param {string} script
 * @param {readonly string[]} options
 */
export function inOwnProcess(script, options) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', script, ...options], {
    encoding: 'utf8',
    timeout: 10 * 60_000,
  });
  if (status !== 0) throw new Error(`${options.join(' ')}: exit code ${status}\n${stderr}`);
  return stdout;
}

export async function collectGarbage() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
