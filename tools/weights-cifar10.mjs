#!/usr/bin/env node
// Makes and evaluates the weights of packages/weights-cifar10. CIFAR-10 as image folders, one for each class, is not part of the repository.
//
//   node tools/weights-cifar10.mjs make RUN TRAINING      from what `alexnet train --recipe cifar10 --output RUN` left and images to choose scales by
//   node tools/weights-cifar10.mjs evaluate TEST [RUN]    how often they are right, on every backend here; what float32 had, and the difference
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/workspace.mjs';

const shippedFolder = join(root, 'packages/weights-cifar10/weights');
/** Images of each class that say which inputs of a layer matter. */
const SAMPLES = 20;
/** What runs full size in a time that one waits for. */
const backends = ['onnx-node', 'tfjs-node', 'onnx-web', 'tfjs-wasm'];

/** @type {Record<string, (...args: string[]) => void>} */
const actions = { make, evaluate };
const [action = '', ...args] = process.argv.slice(2);
const chosen = actions[action];
if (chosen === undefined || args.length < (action === 'make' ? 2 : 1)) {
  console.error('Usage: weights-cifar10.mjs make RUN TRAINING | evaluate TEST [RUN]');
  process.exitCode = 2;
} else chosen(...args);

/** @param {string} run @param {string} training */
function make(run, training) {
  const samples = readdirSync(training).flatMap((label) =>
    readdirSync(join(training, label))
      .sort()
      .slice(0, SAMPLES)
      .map((file) => join(training, label, file)),
  );
  rmSync(shippedFolder, { recursive: true, force: true });
  const precisions = ['--precision', 'q8', '--convolutions', 'f16'];
  alexnet([
    'quantize',
    join(run, 'weights'),
    shippedFolder,
    ...precisions,
    '--licence',
    'MIT',
    '--samples',
    ...samples,
  ]);
}

/** @param {string} test @param {string} [run] */
function evaluate(test, run) {
  const shipped = new Map(backends.map((backend) => [backend, accuracy(test, ['--backend', backend])]));
  for (const [backend, result] of shipped) console.log(`${backend}: ${shown(result)}`);
  if (run === undefined) return;
  const [[backend, result] = ['', undefined]] = shipped;
  const before = accuracy(test, ['--backend', backend, '--weights', join(run, 'weights')]);
  console.log(`float32, ${backend}: ${shown(before)}`);
  if (before === undefined || result === undefined) return;
  console.log(`lost: ${(100 * (before.top1 - result.top1)).toFixed(2)} points`);
}

/** @typedef {{ top1: number, top5: number, n: number }} Accuracy */

/** @param {string} test @param {readonly string[]} options @returns {Accuracy | undefined} */
function accuracy(test, options) {
  const said = alexnet(['eval', test, '--batch', '250', '--json', ...options]);
  return said && JSON.parse(said.trim().split('\n').at(-1) ?? '');
}

/** @param {Accuracy | undefined} result */
function shown(result) {
  if (result === undefined) return 'not measured';
  return `top-1 ${(100 * result.top1).toFixed(2)} %, top-5 ${(100 * result.top5).toFixed(2)} % of ${result.n}`;
}

/** Standard output of the command; undefined where it failed, which it has said itself. @param {readonly string[]} options */
function alexnet(options) {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'apps/cli/dist/main.js'), ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exitCode = 1;
  return status === 0 ? stdout : undefined;
}
