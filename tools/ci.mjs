#!/usr/bin/env node
// What `.ci/run` does after `npm test`: runs every other check, then adds everything up.
//
//   node tools/ci.mjs [--tests-exited CODE]
//
// Without --tests-exited (`npm run check`) it counts the test reports that the last `npm test` left.
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { nativeOutcomes } from './bootstrap/native-step.mjs';
import { isInstalled } from './bootstrap/stamp.mjs';
import { root, toolEnvironment, toolFile } from './bootstrap/workspace.mjs';
import { missingNatives } from './natives.mjs';
import { whyNoCases, whyNoTests } from './onnx/sources.mjs';
import { readReports, summarise } from './test-reports.mjs';

/** @type {readonly { name: string, command: readonly string[], whyNot?: () => string }[]} */
const checks = [
  { name: 'lint (oxlint)', command: [toolFile('oxlint', 'bin/oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'lint and format (biome)', command: [toolFile('@biomejs/biome', 'bin/biome'), 'check', '.'] },
  {
    name: 'types',
    command: [toolFile('turbo', 'bin/turbo'), 'run', 'typecheck', '--output-logs=new-only', '--continue'],
  },
  { name: 'unused code (knip)', command: [toolFile('knip', 'bin/knip.js'), '--no-progress'] },
  { name: 'dependency directions', command: ['tools/check-dependencies.mjs'] },
  { name: 'lockfile', command: ['tools/check-lockfile.mjs'] },
  { name: 'published packages', command: ['tools/check-packages.mjs'] },
  { name: 'commands in the documentation', command: ['tools/check-readme.mjs'] },
  { name: 'the table of platforms is that of its record', command: ['tools/platforms.mjs', '--check'] },
  {
    name: 'the oracle computes what PyTorch computed of full-size networks',
    command: ['tools/check-values.mjs', 'bvlc-alexnet', 'torchvision', 'caffenet', 'onnx-zoo'],
  },
  {
    name: 'full-size networks conform on every fast backend',
    command: [
      'apps/cli/dist/main.js',
      ...['conform', '--variant', 'bvlc-alexnet', 'torchvision', 'caffenet', 'onnx-zoo', 'cuda-convnet2'],
      // the packages' own tests have the ops
      ...['uestcsongtaoli', '--select', 'network/*'],
    ],
  },
  {
    name: 'the suite catches and names every fault, and fails no correct kernel',
    command: ['apps/cli/dist/main.js', 'conform', '--self-test', '--json'],
  },
  {
    name: 'the backend of the examples conforms',
    command: [
      'apps/cli/dist/main.js',
      ...['conform', '--backend', 'examples/backend-in-plain-javascript/backend.mjs', '--level', 'quick'],
    ],
  },
  {
    name: 'full-size networks conform on WebGPU in Node, default limits',
    command: [
      'apps/cli/dist/main.js',
      ...['conform', '--backend', 'webgpu', '--webgpu-limits', 'default', '--variant', 'bvlc-alexnet', 'torchvision'],
    ],
  },
  ...['adapter', 'default'].map((limits) => ({
    name: `networks conform on WebGPU in Chromium, ${limits} limits`,
    command: [
      'apps/cli/dist/main.js',
      ...['conform', '--in', 'chromium', '--backend', 'webgpu', '--webgpu-limits', limits],
      ...['--variant', 'bvlc-alexnet', 'torchvision', '--width', '0.125', '--classes', '10'],
    ],
  })),
  {
    name: 'networks conform on every engine of TensorFlow.js in Chromium',
    command: [
      'apps/cli/dist/main.js',
      // software GPUs take minutes for the random cases of a higher level
      ...['conform', '--in', 'chromium', '--backend', 'tfjs-webgpu', 'tfjs-webgl', 'tfjs-wasm', 'tfjs-cpu'],
      ...['--level', 'quick', '--variant', 'bvlc-alexnet', 'torchvision', '--width', '0.125', '--classes', '10'],
    ],
  },
  {
    name: 'exported op cases pass in Python onnxruntime',
    command: ['tools/onnx/check.mjs', 'cases'],
    whyNot: whyNoCases,
  },
  {
    name: "ONNX's own tests pass on every fast backend",
    command: ['tools/onnx/check.mjs', 'tests'],
    whyNot: whyNoTests,
  },
  {
    name: 'the benchmark times every backend',
    command: ['apps/cli/dist/main.js', 'bench', '--variant', 'bvlc-alexnet', '--batch', '1', '--budget', '1'],
  },
];

const { values } = parseArgs({ options: { 'tests-exited': { type: 'string', default: '0' } } });
const testsExited = Number(values['tests-exited']);
const installed = isInstalled();
const reports = readReports();

const results = checks.map(({ name, command, whyNot }) => {
  const reason = installed ? (whyNot?.() ?? '') : 'the install did not finish';
  if (reason !== '') return { name, state: 'skipped', reason };
  console.log(`\n== ${name}`);
  const began = performance.now();
  const { status } = spawnSync(process.execPath, command, { cwd: root, env: toolEnvironment(), stdio: 'inherit' });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`== ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
  return { name, state: status === 0 ? 'passed' : 'failed', reason: '' };
});

for (const { name, reason } of nativeOutcomes()) {
  results.push({ name: `native ${basename(name)}`, state: reason === '' ? 'passed' : 'skipped', reason });
}
const unexplained = reports.flatMap(({ report }) => report.skipped).filter(({ reason }) => reason === '');
results.push({ name: 'every skip says why', state: unexplained.length === 0 ? 'passed' : 'failed', reason: '' });
if (testsExited !== 0 && reports.every(({ report }) => report.failed.length === 0)) {
  results.push({ name: `npm test, which exited with ${testsExited}`, state: 'failed', reason: '' });
}

console.log(summarise(reports));
for (const { what, get } of missingNatives()) console.log(`not installed: ${what}. To get it: ${get}`);
for (const { name, state, reason } of results) if (state === 'skipped') console.log(`skipped: ${name}: ${reason}`);
for (const { name, state } of results) if (state === 'failed') console.log(`failed: ${name}`);

/** @param {string} state */
const count = (state) => results.filter((result) => result.state === state).length;
/** @param {(report: import('./test-reports.mjs').Report) => number} of */
const sum = (of) => reports.reduce((total, { report }) => total + of(report), 0);
const passed = sum((report) => report.passed) + count('passed');
const failed = sum((report) => report.failed.length) + count('failed');
const skipped = sum((report) => report.skipped.length) + count('skipped');
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
