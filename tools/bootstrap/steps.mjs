/**
 * @typedef {object} Step
 * @property {string} name
 * @property {() => Promise<number>} run resolves with an exit code
 * @property {boolean} [goOn] whether the steps after it run even if it fails; the whole has failed all the same
 */

/** Exit codes from here on mean that a signal ended the program: the user wants to stop. */
export const SIGNALLED = 128;

/**
 * Runs steps in order until one fails, saying what happens and how long it took.
 * @param {readonly Step[]} steps
 * @returns {Promise<number>} the exit code of the first that failed, or 0
 */
export async function runSteps(steps) {
  let first = 0;
  for (const [index, { name, run, goOn = false }] of steps.entries()) {
    const label = `[${index + 1}/${steps.length}] ${name}`;
    console.error(label);
    const began = performance.now();
    const code = await run();
    const seconds = `${((performance.now() - began) / 1000).toFixed(1)} s`;
    const outcome = code === 0 ? 'done in' : code >= SIGNALLED ? 'interrupted after' : 'failed after';
    console.error(`${label}: ${outcome} ${seconds}`);
    first ||= code;
    if (code !== 0 && (!goOn || code >= SIGNALLED)) break;
  }
  return first;
}
