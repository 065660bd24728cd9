import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * @typedef {object} Manifest What we read of a package.json.
 * @property {string} name
 * @property {string} [version]
 * @property {string} [description]
 * @property {boolean} [private]
 * @property {string} [packageManager]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string>} [bin]
 */

/**
 * @param {string} folder
 * @returns {Manifest}
 */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/**
 * The workspace's packages, sorted by folder: the same folders that pnpm-workspace.yaml names.
 * @param {string} [from]
 * @returns {{ folder: string, manifest: Manifest }[]} folder: relative to `from`, with forward slashes.
 */
export function workspacePackages(from = root) {
  const grouped = ['apps', 'examples', 'packages'].flatMap((group) =>
    existsSync(join(from, group)) ? readdirSync(join(from, group)).map((name) => `${group}/${name}`) : [],
  );
  return [...grouped, 'tools']
    .filter((folder) => existsSync(join(from, folder, 'package.json')))
    .sort()
    .map((folder) => ({ folder, manifest: readManifest(join(from, folder)) }));
}

/** The environment of every tool: turbo finds pnpm on the PATH, and results depend on the engine that made them. */
export function toolEnvironment() {
  return {
    ...process.env,
    PATH: [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    ALEXNET_ENGINE: `${process.version} ${process.platform} ${process.arch}`,
  };
}

/**
 * The JavaScript file behind a command of an installed package, to be run by this Node on every platform.
 * @param {string} name
 * @param {string} file
 */
export function toolFile(name, file) {
  return join(root, 'node_modules', name, file);
}
