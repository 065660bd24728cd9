import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { workspacePackages } from '../bootstrap/workspace.mjs';
import { importsOf } from './imports.mjs';

/**
 * @typedef {object} Source
 * @property {string} file relative to the root, with forward slashes
 * @property {boolean} test a test, or a file that only tests import: not shipped
 * @property {import('./imports.mjs').Import[]} imports
 *
 * @typedef {object} Package
 * @property {string} folder
 * @property {import('../bootstrap/workspace.mjs').Manifest} manifest
 * @property {Source[]} sources
 */

const isSource = /\.(tsx?|mts|mjs|js)$/;
/** Also the entry of what a package gives to the tests of others. */
const isTest = /\.(test|browser)\.\w+$|\/testing\/index\.\w+$/;

/**
 * Every package of the workspace but the tools and the examples, which ship nothing, with the imports of every file under its `src`.
 * @param {string} root
 * @returns {Package[]}
 */
export function readPackages(root) {
  return workspacePackages(root)
    .filter(({ folder }) => folder !== 'tools' && !folder.startsWith('examples/'))
    .map(({ folder, manifest }) => ({ folder, manifest, sources: readSources(root, folder) }));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {Source[]}
 */
function readSources(root, folder) {
  const entries = readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' });
  const sources = entries
    .filter((name) => isSource.test(name))
    .map((name) => {
      const file = posix.join(folder, 'src', name.replaceAll('\\', '/'));
      return { file, test: isTest.test(file), imports: importsOf(file, readFileSync(join(root, file), 'utf8')) };
    })
    .sort((a, b) => a.file.localeCompare(b.file));
  return markHelpers(sources);
}

/**
 * Marks the files that only tests import, directly or through each other.
 * @param {readonly Source[]} sources
 * @returns {Source[]}
 */
export function markHelpers(sources) {
  /** @type {Map<string, string[]>} */
  const importers = new Map();
  for (const { file, imports } of sources) {
    for (const { specifier } of imports) {
      const target = posix.join(posix.dirname(file), specifier);
      importers.set(target, [...(importers.get(target) ?? []), file]);
    }
  }
  const tests = new Set(sources.filter(({ test }) => test).map(({ file }) => file));
  for (let before = -1; before !== tests.size; ) {
    before = tests.size;
    for (const { file } of sources) if (importers.get(file)?.every((importer) => tests.has(importer))) tests.add(file);
  }
  return sources.map((source) => ({ ...source, test: tests.has(source.file) }));
}
