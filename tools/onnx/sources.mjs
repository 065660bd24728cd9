import { spawnSync } from 'node:child_process';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../bootstrap/workspace.mjs';

/*
 * What the exchange of tests with ONNX needs of a machine: a Python with onnxruntime, and ONNX's own tests as files.
 */

const { env } = process;
/** Where Debian's libonnx-testdata puts them. */
const DEBIAN = '/usr/share/libonnx-testdata/data';

/** The Python to use: the one that is named, else the one that is found. */
export const python = env['ALEXNET_PYTHON'] || 'python3';

/** Whether Python has these packages. @param {readonly string[]} modules */
function pythonHas(modules) {
  const { status } = spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' });
  return status === 0;
}

/** Why the exported cases cannot be run in Python; empty when they can. */
export function whyNoCases() {
  if (pythonHas(['numpy', 'onnx', 'onnxruntime'])) return '';
  return `${python} has no numpy, onnx and onnxruntime; ALEXNET_PYTHON names a Python that has`;
}

/** Why ONNX's own tests cannot be run; empty when they can. */
export function whyNoTests() {
  const named = env['ALEXNET_ONNX_TESTS'];
  if (named) return isFolder(named) ? '' : `ALEXNET_ONNX_TESTS is no folder: ${named}`;
  if (isFolder(DEBIAN) || pythonHas(['onnx', 'numpy'])) return '';
  return `there is neither ALEXNET_ONNX_TESTS nor Debian's libonnx-testdata, and ${python} has no onnx`;
}

/** The folders of ONNX's own tests: those that are there, else one that Python's onnx writes. Call it when `whyNoTests` is empty. */
export function testsFolder() {
  const named = env['ALEXNET_ONNX_TESTS'];
  if (named) return { folder: named, temporary: false };
  if (isFolder(DEBIAN)) return { folder: DEBIAN, temporary: false };
  const folder = temporaryFolder();
  const { status } = spawnSync(python, [join(root, 'tools/python/write_onnx_tests.py'), folder], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${python} could not write ONNX's tests`);
  return { folder, temporary: true };
}

export function temporaryFolder() {
  return mkdtempSync(join(tmpdir(), 'alexnet-onnx-'));
}

/** @param {string} path */
function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
