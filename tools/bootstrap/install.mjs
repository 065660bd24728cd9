import { existsSync } from 'node:fs';
import { run } from './child.mjs';
import { clearStamp, writeStamp } from './stamp.mjs';
import { readManifest, root, toolEnvironment, toolFile } from './workspace.mjs';

/** Installs what the lockfile names. Resolves with an exit code. */
export async function install() {
  const { packageManager = '' } = readManifest(root);
  clearStamp();
  const quiet = ['--config.confirmModulesPurge=false', '--config.updateNotifier=false'];
  const code = await runPnpm(packageManager, ['install', '--frozen-lockfile', ...quiet]);
  if (code === 0) writeStamp();
  else if (code < 128) console.error(advice(packageManager));
  return code;
}

/**
 * The pinned pnpm: the installed one if it is that version, else through npx, which comes with npm.
 * @param {string} pinned like `pnpm@10.34.9`
 * @param {readonly string[]} args
 */
function runPnpm(pinned, args) {
  const own = toolFile('pnpm', 'bin/pnpm.cjs');
  const options = /** @type {const} */ ({ cwd: root, output: 'stderr', env: toolEnvironment() });
  if (existsSync(own) && pinned === `pnpm@${readManifest(toolFile('pnpm', '')).version}`) {
    return run(process.execPath, [own, ...args], options);
  }
  // On Windows npx is a .cmd file, which only a shell can start; no argument here needs quoting.
  return run('npx', ['-y', pinned, ...args], { ...options, shell: process.platform === 'win32' });
}

/** @param {string} packageManager */
function advice(packageManager) {
  return `
The install did not finish; the lines above say why. The usual causes:
  - the npm registry cannot be reached: check the network, the proxy, and \`npm config get registry\`;
  - this folder cannot be written to, or the disk is full.
Run the same command again when that is fixed: it carries on where it stopped.
By hand it is \`npx -y ${packageManager} install --frozen-lockfile\`.`;
}
