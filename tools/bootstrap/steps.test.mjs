import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runSteps } from './steps.mjs';

/** @type {string[]} */
let lines = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, 'error').mockImplementation((line) => lines.push(String(line).replace(/[\d.]+ s$/, 'N s')));
});
afterEach(() => vi.restoreAllMocks());

it('says what it does and how long that took', async () => {
  const code = await runSteps([
    { name: 'install', run: async () => 0 },
    { name: 'test', run: async () => 0 },
  ]);
  expect(lines).toEqual(['[1/2] install', '[1/2] install: done in N s', '[2/2] test', '[2/2] test: done in N s']);
  expect(code).toBe(0);
});

it.each([
  ['stops at a failure', { code: 3, goOn: false }, ['[1/2] build', '[1/2] build: failed after N s'], 3],
  [
    'goes on after a failure that leaves something to do, and has failed',
    { code: 3, goOn: true },
    ['[1/2] build', '[1/2] build: failed after N s', '[2/2] test', '[2/2] test: done in N s'],
    3,
  ],
  [
    'stops when interrupted, come what may',
    { code: 130, goOn: true },
    ['[1/2] build', '[1/2] build: interrupted after N s'],
    130,
  ],
])('%s', async (_what, { code, goOn }, expected, exit) => {
  const steps = [
    { name: 'build', run: async () => code, goOn },
    { name: 'test', run: async () => 0 },
  ];
  expect(await runSteps(steps)).toBe(exit);
  expect(lines).toEqual(expected);
});
