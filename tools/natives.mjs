import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './bootstrap/workspace.mjs';

/**
 * @typedef {object} Native A native part that the install leaves out, because an install script would download it.
 * @property {string} id `npm run native:<id>` gets it
 * @property {string} what
 * @property {string} name the package that it belongs to
 * @property {string} from the workspace package that depends on it
 * @property {string} script the package's own install script
 * @property {Record<string, string>} env what the script needs to hear
 * @property {boolean} offered whether there is such a part for this platform
 * @property {(folder: string) => boolean} present whether it is there, given the package's folder
 */

/** @type {readonly Native[]} */
export const natives = [
  {
    id: 'ort',
    what: 'the CUDA provider of onnxruntime-node (the CPU provider is there)',
    name: 'onnxruntime-node',
    from: 'packages/backend-onnx',
    script: 'script/install.js',
    // Not 'cuda12': onnxruntime-node 1.30 forgets to return that value, and then does nothing below an npm script.
    env: { ONNXRUNTIME_NODE_INSTALL: 'true' },
    offered: process.platform === 'linux' && process.arch === 'x64',
    present: (folder) =>
      readdirSync(join(folder, 'bin')).some((abi) =>
        existsSync(join(folder, 'bin', abi, 'linux/x64/libonnxruntime_providers_cuda.so')),
      ),
  },
];

/**
 * The folder of an installed native package; undefined where the package itself is not installed.
 * @param {Native} native
 */
export function nativeFolder({ name, from }) {
  try {
    return dirname(createRequire(join(root, from, 'package.json')).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** What the install left out and how to get it. */
export function missingNatives() {
  return natives.flatMap((native) => {
    const folder = nativeFolder(native);
    if (!native.offered || (folder !== undefined && native.present(folder))) return [];
    return [{ what: native.what, get: `npm run native:${native.id}` }];
  });
}
