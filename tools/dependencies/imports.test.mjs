import { expect, it } from 'vitest';
import { importsOf } from './imports.mjs';

it.each([
  ["import { a } from './a.ts';", './a.ts', 'static'],
  ["import './a.ts';", './a.ts', 'static'],
  ["export * from './a.ts';", './a.ts', 'static'],
  ["import json from './a.json' with { type: 'json' };", './a.json', 'static'],
  // With verbatimModuleSyntax this still loads the module.
  ["import { type A } from './a.ts';", './a.ts', 'static'],
  ["import type { A } from './a.ts';", './a.ts', 'type'],
  ["export type { A } from './a.ts';", './a.ts', 'type'],
  ["let a: import('./a.ts').A;", './a.ts', 'type'],
  ["let a: typeof import('./a.ts');", './a.ts', 'type'],
  ["async function f() { return await import('node:os'); }", 'node:os', 'dynamic'],
])('reads %s', (text, specifier, kind) => {
  expect(importsOf('x.ts', `\n${text}`)).toEqual([{ specifier, kind, line: 2 }]);
});

it.each([
  ['a string', 'const text = "import a from \'./a.ts\'";'],
  ['a comment', "// import a from './a.ts'"],
  ['an import whose module is computed', 'const load = (name: string) => import(name);'],
])('does not take %s for an import', (_what, text) => {
  expect(importsOf('x.ts', text)).toEqual([]);
});
