#!/usr/bin/env node
// The exchange of tests with ONNX, with the built command.
//
//   node tools/onnx/check.mjs cases   writes the op cases as ONNX backend tests and runs them in Python's onnxruntime
//   node tools/onnx/check.mjs tests   runs ONNX's own tests on every fast backend
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap/workspace.mjs';
import { python, temporaryFolder, testsFolder, whyNoCases, whyNoTests } from './sources.mjs';

/** @param {string} program @param {readonly string[]} args */
function run(program, args) {
  return spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
}

const conform = [join(root, 'apps/cli/dist/main.js'), 'conform'];

/** @type {Record<string, { whyNot: () => string, check: () => number }>} */
const kinds = {
  cases: {
    whyNot: whyNoCases,
    check() {
      const folder = temporaryFolder();
      try {
        const exported = run(process.execPath, [...conform, '--export-onnx', folder]);
        return exported || run(python, [join(root, 'tools/python/run_onnx_cases.py'), folder]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  },
  tests: {
    whyNot: whyNoTests,
    check() {
      const { folder, temporary } = testsFolder();
      try {
        return run(process.execPath, [...conform, '--onnx-tests', folder]);
      } finally {
        if (temporary) rmSync(folder, { recursive: true });
      }
    },
  },
};

const kind = kinds[process.argv[2] ?? ''];
if (kind === undefined) {
  console.error('Say which: cases or tests');
  process.exit(2);
}
const reason = kind.whyNot();
if (reason !== '') {
  console.error(`Cannot check: ${reason}`);
  process.exit(2);
}
process.exitCode = kind.check();
