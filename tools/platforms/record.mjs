/*
 * What docs/performance/platforms.json says: plain data, made by collect.mjs, shown by render.mjs. `schema` names the version; fields are
 * only ever added. Times are milliseconds, memory is bytes.
 */

export const schema = 'alexnet-platforms/1';

/** The networks of the table, in the order of its columns. */
export const variants = /** @type {const} */ (['bvlc-alexnet', 'torchvision']);

/**
 * @typedef {object} Timing Warm runs.
 * @property {string} variant
 * @property {number} batch
 * @property {number} samples how many runs
 * @property {number} p50Ms
 * @property {number} ciLowMs of the 95 % interval of the median
 * @property {number} ciHighMs
 *
 * @typedef {object} Start What a network costs before the first warm run.
 * @property {string} variant
 * @property {number} compileMs
 * @property {number} firstRunMs
 * @property {number} bytes that the program says it holds
 *
 * @typedef {object} Skip
 * @property {string} reason
 * @property {number} tests how many checks
 * @property {string} [issue] where the trouble is tracked
 *
 * @typedef {object} Conformance
 * @property {number} passed
 * @property {number} failed
 * @property {readonly string[]} failures ids of the checks
 * @property {readonly Skip[]} skipped
 *
 * @typedef {object} Present A backend that is available.
 * @property {string} backend
 * @property {string} engine with its version
 * @property {string} device
 * @property {number} threads
 * @property {boolean} substitute it runs on a slow substitute, such as software instead of a GPU
 * @property {Conformance} [conformance] absent where the suite did not run to the end
 * @property {readonly Timing[]} timings
 * @property {readonly Start[]} starts
 * @property {readonly string[]} problems why something is missing above
 *
 * @typedef {object} Absent A backend that is not available, and why.
 * @property {string} backend
 * @property {string} missing
 *
 * @typedef {object} Place
 * @property {'Node' | 'Chromium'} name
 * @property {string} version
 * @property {readonly (Present | Absent)[]} backends
 *
 * @typedef {object} Platforms
 * @property {string} schema
 * @property {{ readonly processor: string, readonly cores: number, readonly system: string }} machine
 * @property {readonly Place[]} places
 */

/**
 * @param {Present | Absent} entry
 * @returns {entry is Present}
 */
export function isPresent(entry) {
  return !('missing' in entry);
}
