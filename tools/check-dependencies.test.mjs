import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';

const command = fileURLToPath(new URL('check-dependencies.mjs', import.meta.url));
/** @type {string[]} */
const folders = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** @param {Record<string, string>} files */
function check(files) {
  const root = mkdtempSync(join(tmpdir(), 'alexnet dependencies '));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return spawnSync(process.execPath, [command, root], { encoding: 'utf8' });
}

const manifest = JSON.stringify({ name: '@alexnet/core' });

it('passes a repository that keeps the rules', () => {
  const text =
    'export const later = (signal?: AbortSignal) => new Promise((r) => setTimeout(r)).then(() => signal?.reason);';
  const { status, stdout, stderr } = check({
    'packages/core/package.json': manifest,
    'packages/core/src/index.ts': text,
  });
  expect(stderr).toBe('');
  expect(stdout).toBe('dependencies: 1 files in 1 packages, 0 problems\n');
  expect(status).toBe(0);
});

it.each([
  ['an import of Node', "import 'node:fs';", 'a.ts:2: imports node:fs'],
  ['the DOM', 'export const title = () => document.title;', 'a.ts:2: uses document: no part of the language'],
  ['a type of the DOM', 'export let gpu: GPUDevice;', 'a.ts:2: uses GPUDevice'],
  ['a Node global', 'export const env = process.env;', 'a.ts:2: uses process'],
  ['a web API that some engines lack', 'export const text = new TextDecoder();', 'a.ts:2: uses TextDecoder'],
  [
    'a global behind a cast',
    'export const p = (globalThis as { process?: object }).process;',
    'a.ts:2: uses globalThis',
  ],
])('fails on %s in core', (_what, text, problem) => {
  const { status, stderr } = check({
    'packages/core/package.json': manifest,
    'packages/core/src/index.ts': "export * from './a.ts';",
    'packages/core/src/a.ts': `\n${text}`,
  });
  expect(stderr).toContain(problem);
  expect(status).toBe(1);
});

it('fails where there is nothing to check', () => {
  expect(check({ 'README.md': '' }).status).toBe(1);
});
