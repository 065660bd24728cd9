import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, workspacePackages } from './workspace.mjs';

/*
 * The mark of a finished install: a hash of everything that an install depends on, kept inside node_modules, so that
 * whoever deletes node_modules deletes the mark.
 */

/** @param {string} from */
const stampFile = (from) => join(from, 'node_modules', '.alexnet-installed');

/**
 * @param {string} [from]
 * @param {string} [engine] native packages differ by platform and Node version
 */
export function installKey(from = root, engine = `${process.version} ${process.platform} ${process.arch}`) {
  const hash = createHash('sha256').update(engine);
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];
  for (const { folder } of workspacePackages(from)) files.push(`${folder}/package.json`);
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(from, file)));
  return hash.digest('hex');
}

/** Whether what is installed is what the lockfile and the manifests ask for. */
export function isInstalled(from = root) {
  if (!existsSync(stampFile(from)) || readFileSync(stampFile(from), 'utf8') !== installKey(from)) return false;
  return workspacePackages(from).every(
    ({ folder, manifest }) => noDependencies(manifest) || existsSync(join(from, folder, 'node_modules')),
  );
}

/** @param {import('./workspace.mjs').Manifest} manifest */
function noDependencies({ dependencies = {}, devDependencies = {} }) {
  return Object.keys(dependencies).length + Object.keys(devDependencies).length === 0;
}

/** Call before an install: one that breaks off leaves no mark. */
export function clearStamp(from = root) {
  rmSync(stampFile(from), { force: true });
}

export function writeStamp(from = root) {
  mkdirSync(join(from, 'node_modules'), { recursive: true });
  writeFileSync(stampFile(from), installKey(from));
}
