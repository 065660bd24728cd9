import { availableParallelism, cpus } from 'node:os';
import { entryOf } from './collect.mjs';
import { ask } from './command.mjs';
import { isPresent, schema, variants } from './record.mjs';

/** The oracle is the yardstick: it conforms to itself, and nobody waits for it. */
const yardstick = 'reference';

/** What a page can have; a page does not list what is missing, so it is asked for each of these. */
const inPages = ['webgpu', 'onnx-webgpu', 'onnx-web', 'tfjs-webgpu', 'tfjs-webgl', 'tfjs-wasm', 'tfjs-cpu'];

/** A narrow network: the ops and the behaviour are what differs between places, and the oracle is slow. */
const narrow = ['--variant', 'bvlc-alexnet', '--width', '0.125', '--classes', '10'];

/**
 * @typedef {object} Budget
 * @property {number} budget seconds for all fast backends at one batch size of one network
 * @property {number} limit seconds that one slow backend may take at batch 1 of one network; it takes two turns at least
 */

/**
 * Asks the built command about every backend here. Slow backends have a process or a browser of their own: they would only keep the
 * others waiting, and one that breaks down takes nothing with it.
 * @param {Budget} budget
 * @returns {Promise<import('./record.mjs').Platforms>}
 */
export async function measurePlatforms(budget) {
  const { records } = await ask(['backends']);
  const probed = new Map(records.map((record) => [record.backend, record]));
  const node = await measurePlace('node', [...probed.keys()], probed, budget);
  const chromium = await measurePlace('chromium', inPages, new Map(), budget);
  const version = /^In Chromium (\S+), /m.exec(chromium.notes)?.[1] ?? 'unknown';
  return {
    schema,
    machine: {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      system: `${process.platform} ${process.arch}`,
    },
    places: [
      { name: 'Node', version: process.versions.node, backends: node.backends },
      { name: 'Chromium', version, backends: chromium.backends },
    ],
  };
}

/**
 * @param {'node' | 'chromium'} place
 * @param {readonly string[]} ids
 * @param {ReadonlyMap<string, any>} probed what `alexnet backends` says of them, in Node
 * @param {Budget} budget
 */
async function measurePlace(place, ids, probed, { budget, limit }) {
  const here = ['--in', place];
  const timed = ['bench', ...here, '--variant', ...variants];
  // Without names the command takes all that are here and are no slow substitute.
  const fast = await ask([...timed, '--batch', '1,8', '--budget', String(budget)]);
  if (fast.records.at(-1)?.record !== 'end') throw new Error(`The benchmark in ${place} broke off: ${fast.error}`);
  const named = new Set(fast.records.map(({ candidate }) => candidate));

  const backends = [];
  for (const backend of ids.filter((id) => id !== yardstick)) {
    const about = { backend, probed: probed.get(backend) };
    const conform =
      about.probed?.available === false
        ? { records: [], error: '' }
        : await ask(['conform', ...here, '--backend', backend, ...narrow]);
    const known = entryOf({ ...about, conform, bench: fast, substitute: false });
    const substitute = isPresent(known) && !named.has(backend);
    if (!substitute) {
      backends.push(known);
      continue;
    }
    const slow = [...timed, '--backend', backend, '--batch', '1', '--budget', '1', '--limit', String(limit)];
    backends.push(entryOf({ ...about, conform, bench: await ask(slow), substitute }));
  }
  return { backends, notes: fast.notes };
}
