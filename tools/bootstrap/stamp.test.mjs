import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clearStamp, installKey, isInstalled, writeStamp } from './stamp.mjs';

let root = '';
/**
 * @param {string} name
 * @param {string} text
 */
const write = (name, text) => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'alexnet stamp '));
  write('pnpm-lock.yaml', 'lock 1');
  write('pnpm-workspace.yaml', '');
  write('package.json', '{}');
  write('packages/a/package.json', '{ "dependencies": { "x": "1" } }');
  write('packages/a/node_modules/x/package.json', '{}');
  write('packages/b/package.json', '{}'); // no dependencies: pnpm makes no node_modules for it
});
afterEach(() => rmSync(root, { recursive: true }));

it('knows a finished install', () => {
  expect(isInstalled(root)).toBe(false);
  writeStamp(root);
  expect(isInstalled(root)).toBe(true);
});

it.each([
  ['the lockfile changes', () => write('pnpm-lock.yaml', 'lock 2')],
  ['a manifest changes', () => write('packages/b/package.json', '{ "dependencies": {} }')],
  ['a package is added', () => write('apps/c/package.json', '{}')],
  ['node_modules is deleted', () => rmSync(join(root, 'node_modules'), { recursive: true })],
  ["a package's node_modules is deleted", () => rmSync(join(root, 'packages/a/node_modules'), { recursive: true })],
  ['an install begins', () => clearStamp(root)],
])('wants an install when %s', (_what, change) => {
  writeStamp(root);
  change();
  expect(isInstalled(root)).toBe(false);
});

it('wants an install for another version of Node', () => {
  expect(installKey(root, 'v20.19.0 linux x64')).not.toBe(installKey(root, 'v22.0.0 linux x64'));
});
