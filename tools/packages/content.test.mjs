import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkContent } from './content.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alexnet content '));
  for (const file of ['README.md', 'LICENSE']) writeFileSync(join(folder, file), '');
  writeFileSync(join(folder, 'main.js'), '#!/usr/bin/env node\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const complete = {
  name: '@alexnet/a',
  bin: { a: 'main.js' },
  ...Object.fromEntries(
    ['description', 'keywords', 'license', 'author', 'homepage', 'bugs', 'repository', 'engines'].map((f) => [f, 'x']),
  ),
};

it('passes a complete package', () => {
  expect(checkContent({ name: '@alexnet/a', folder, manifest: complete })).toEqual([]);
});

it.each([
  ['a missing licence', () => rmSync(join(folder, 'LICENSE')), {}, '@alexnet/a has no LICENSE'],
  ['a workspace version', () => {}, { dependencies: { '@alexnet/core': 'workspace:^' } }, 'workspace: version'],
  [
    'exports for development',
    () => {},
    { exports: { '.': { '@alexnet/source': './src/index.ts' } } },
    'TypeScript source',
  ],
  ['a missing field', () => {}, { bugs: undefined }, 'has no bugs'],
  [
    'a command without its first line',
    () => writeFileSync(join(folder, 'main.js'), ''),
    {},
    'command a does not start',
  ],
  ['a command that is not there', () => rmSync(join(folder, 'main.js')), {}, 'command a does not start'],
])('reports %s', (_what, damage, change, problem) => {
  damage();
  const manifest = JSON.parse(JSON.stringify({ ...complete, ...change }));
  const problems = checkContent({ name: '@alexnet/a', folder, manifest });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(problem);
});
