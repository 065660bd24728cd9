import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Most bytes, compressed, that a browser downloads for a package's main entry, without what it depends on. */
const budgets = new Map([['@alexnet/backend-webgpu', 40_000]]);

/**
 * @param {{ name: string, folder: string }} packed
 * @returns {string[]} problems
 */
export function checkSize({ name, folder }) {
  const budget = budgets.get(name);
  if (budget === undefined) return [];
  const bytes = gzipSync(
    Buffer.concat([...modulesOf(join(folder, 'dist/index.js'))].map((file) => readFileSync(file))),
  ).length;
  console.log(`${bytes <= budget ? 'ok    ' : 'FAILED'} ${name}: ${bytes} of ${budget} bytes compressed`);
  return bytes <= budget ? [] : [`${name}: ${bytes} bytes compressed; its budget is ${budget}`];
}

/**
 * A module and all that it imports from its own package.
 * @param {string} file
 * @param {Set<string>} [found]
 */
function modulesOf(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/\bfrom\s*"(\.[^"]+)"/g)) {
    modulesOf(join(dirname(file), /** @type {string} */ (specifier)), found);
  }
  return found;
}
