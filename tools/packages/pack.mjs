import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readManifest, root, toolFile, workspacePackages } from '../bootstrap/workspace.mjs';

/**
 * @typedef {object} Packed A package as npm would get it.
 * @property {string} name
 * @property {string} source its folder in the workspace, relative to the root
 * @property {string} tarball
 * @property {string} folder the tarball's content, where a consumer finds it
 * @property {import('../bootstrap/workspace.mjs').Manifest} manifest
 */

/**
 * Packs every published package and installs the tarballs in a consumer's node_modules, with links to the third-party
 * packages that they name: what a user gets, without a network.
 *
 * @param {string} consumer an empty folder
 * @returns {Packed[]}
 */
export function packAll(consumer) {
  const published = workspacePackages().filter(({ manifest }) => manifest.private !== true);
  return published.map(({ folder: source, manifest: { name } }) => {
    const out = join(consumer, 'tarballs', source);
    const folder = join(consumer, 'node_modules', name);
    mkdirSync(out, { recursive: true });
    mkdirSync(folder, { recursive: true });
    execFileSync(process.execPath, [toolFile('pnpm', 'bin/pnpm.cjs'), 'pack', '--pack-destination', out], {
      cwd: join(root, source),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const tarball = join(out, readdirSync(out)[0] ?? '');
    execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components', '1']);
    const manifest = readManifest(folder);
    linkDependencies(consumer, source, manifest);
    return { name, source, tarball, folder, manifest };
  });
}

/**
 * @param {string} consumer
 * @param {string} source
 * @param {import('../bootstrap/workspace.mjs').Manifest} manifest
 */
function linkDependencies(consumer, source, { dependencies = {}, peerDependencies = {} }) {
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    const link = join(consumer, 'node_modules', name);
    const installed = join(root, source, 'node_modules', name);
    if (name.startsWith('@alexnet/') || existsSync(link) || !existsSync(installed)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(installed), link, 'junction');
  }
}
