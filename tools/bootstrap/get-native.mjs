import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './child.mjs';

/** @typedef {import('../natives.mjs').Native} Native */

/**
 * Gets a native part: runs the package's own install script, or the program that `instead` names, and then loads what came.
 * Its word is not enough: it can exit with 0 and have done nothing, or leave half a file.
 *
 * @param {Pick<Native, 'script' | 'env' | 'instead' | 'file'>} native
 * @param {string} folder of the package
 * @param {{ output?: 'ours' | number, seconds?: number }} [options] as of `run`
 * @returns {Promise<number>} 0: it is there and loads
 */
export async function getNative({ script, env, instead, file }, folder, options = {}) {
  const had = file(folder) !== undefined;
  const putBack = keepManifest(folder);
  const [command, args] = instead === undefined ? [process.execPath, script] : [instead, [folder]];
  // A package manager would put the commands of the package's dependencies there as well.
  const PATH = [join(folder, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const code = await run(command, args, { cwd: folder, env: { ...process.env, PATH, ...env }, ...options }).finally(
    putBack,
  );
  const got = file(folder);
  if (got === undefined) return code || 1;
  // What a failed attempt leaves is no good even if it loads; what was there before may be.
  if ((code === 0 || had) && (await loads(got))) return code;
  rmSync(got);
  return code || 1;
}

/**
 * Whether Node can load an addon, tried in a process of its own. Other native parts are taken at their word.
 * @param {string} file
 */
export async function loads(file) {
  if (!file.endsWith('.node')) return true;
  return (await run(process.execPath, ['-e', 'require(process.argv[1])', file], { output: 'none', seconds: 60 })) === 0;
}

/**
 * A script may rewrite its package's manifest, which pnpm's store can share through a hard link, and leaves it rewritten
 * when it fails. So it gets a copy (a new inode), and the text is put back afterwards.
 * @param {string} folder
 */
function keepManifest(folder) {
  const manifest = join(folder, 'package.json');
  const text = readFileSync(manifest);
  const put = () => {
    rmSync(manifest);
    writeFileSync(manifest, text);
  };
  put();
  return put;
}
