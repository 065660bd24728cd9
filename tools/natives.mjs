import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './bootstrap/workspace.mjs';

/**
 * @typedef {object} Native A native part that the install leaves out, because an install script would download it.
 * @property {string} id `npm run native:<id>` gets it
 * @property {string} what
 * @property {string} name the package that it belongs to
 * @property {string} from the workspace package that depends on it
 * @property {readonly string[]} script the package's own install script and its arguments
 * @property {Record<string, string>} env what the script needs to hear
 * @property {string} host where the script downloads from, as a URL
 * @property {string | undefined} instead a program that gets it in another way, called with the package's folder
 * @property {boolean} automatic whether the first `npm start` or `npm test` tries to get it
 * @property {boolean} offered whether there is such a part for this platform
 * @property {(folder: string) => string | undefined} file where it is, given the package's folder, if it is there
 */

const { env, platform, arch } = process;

/** @type {readonly Native[]} */
export const natives = [
  {
    id: 'ort',
    what: 'the CUDA provider of onnxruntime-node (the CPU provider is there)',
    name: 'onnxruntime-node',
    from: 'packages/backend-onnx',
    script: ['script/install.js'],
    // Not 'cuda12': onnxruntime-node 1.30 forgets to return that value, and then does nothing below an npm script.
    env: { ONNXRUNTIME_NODE_INSTALL: 'true' },
    host: 'https://api.nuget.org',
    instead: undefined,
    automatic: false,
    offered: platform === 'linux' && arch === 'x64',
    file: (folder) => find(folder, 'bin', 'linux/x64/libonnxruntime_providers_cuda.so'),
  },
  {
    id: 'tfjs',
    what: 'native TensorFlow for @tensorflow/tfjs-node (TensorFlow.js runs as WebAssembly without it)',
    name: '@tensorflow/tfjs-node',
    from: 'packages/backend-tfjs',
    script: ['scripts/install.js', 'cpu', 'download'],
    env: {},
    host: env['TFJS_NODE_BASE_URI'] || env['TFJS_NODE_CDN_STORAGE'] || 'https://storage.googleapis.com',
    instead: env['ALEXNET_TFJS_NATIVE'] || undefined,
    automatic: true,
    offered: ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'].includes(`${platform}-${arch}`),
    file: (folder) => find(folder, 'lib', 'tfjs_binding.node'),
  },
];

/**
 * The file `folder/within/<version of an interface>/name`, if it is there.
 * @param {string} folder
 * @param {string} within
 * @param {string} name
 */
function find(folder, within, name) {
  const parent = join(folder, within);
  if (!statSync(parent, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  return readdirSync(parent)
    .map((version) => join(parent, version, name))
    .find((file) => statSync(file, { throwIfNoEntry: false }) !== undefined);
}

/**
 * The folder of an installed native package; undefined where the package itself is not installed.
 * @param {Pick<Native, 'name' | 'from'>} native
 */
export function nativeFolder({ name, from }) {
  try {
    return dirname(createRequire(join(root, from, 'package.json')).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/**
 * Where a native part is; undefined where it is not.
 * @param {Native} native
 */
export function nativeFile(native) {
  const folder = nativeFolder(native);
  return folder === undefined ? undefined : native.file(folder);
}

/** What the install left out and how to get it. */
export function missingNatives() {
  return natives
    .filter((native) => native.offered && nativeFile(native) === undefined)
    .map(({ id, what }) => ({ id, what, get: `npm run native:${id}` }));
}

/** Which native parts are here, as a key for test results: tests do more where they are, and no source file says so. */
export function nativesKey() {
  return natives
    .map((native) => {
      const file = nativeFile(native);
      if (file === undefined) return `${native.id}:none`;
      const { size, mtimeMs } = statSync(file);
      return `${native.id}:${size}-${mtimeMs}`;
    })
    .join(' ');
}
