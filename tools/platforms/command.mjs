import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root, toolEnvironment } from '../bootstrap/workspace.mjs';

/** On a software adapter the suite takes ONNX Runtime more than ten. */
const minutes = 4;

/**
 * Runs the built `alexnet` command with --json. Never throws: what went wrong is part of the answer.
 * @param {readonly string[]} words
 * @returns {Promise<import('./collect.mjs').Answer & { notes: string }>} notes: what it wrote to standard error
 */
export async function ask(words) {
  const began = performance.now();
  const child = spawn(process.execPath, [join(root, 'apps/cli/dist/main.js'), ...words, '--json'], {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: minutes * 60_000,
  });
  const [output, notes, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const error = errorOf(code, signal, notes);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.error(`${seconds.padStart(6)} s  alexnet ${words.join(' ')}${error === '' ? '' : `: ${error}`}`);
  return { records: recordsOf(output), error: clean(error), notes };
}

/** Where the repository lies is nobody's business.
 * @param {string} said */
function clean(said) {
  return said.replaceAll(root, '.');
}

/** A program that was killed may have stopped in the middle of a line.
 * @param {string} output */
function recordsOf(output) {
  return clean(output.slice(0, output.lastIndexOf('\n') + 1))
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/**
 * 1: it ran to the end, and something failed, as its records say.
 * @param {number | null} code @param {string | null} signal @param {string} notes
 */
function errorOf(code, signal, notes) {
  const said = notes
    .split('\n')
    .findLast((line) => line.startsWith('error: '))
    ?.slice('error: '.length);
  if (said !== undefined) return said;
  if (code === null) return signal === 'SIGTERM' ? `not done within ${minutes} minutes` : `ended by ${signal}`;
  return code > 1 ? `exit code ${code}` : '';
}
