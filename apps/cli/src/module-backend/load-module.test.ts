import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { looksLikeFile } from './find-module.ts';
import { loadModule } from './load-module.ts';

/** The parts of a backend, as source text: what a module has without any import. */
const backend = `{
  id: 'mine',
  environment: { engine: 'loops', device: 'CPU', threads: 1, fallback: false, notes: [] },
  capabilities: { ops: ['relu'], precisions: ['f32'], profiling: false, strictNonFinite: true, deterministic: true },
  compile: async () => { throw new Error('not yet'); },
  [Symbol.asyncDispose]: async () => {},
}`;
const provider = `{ id: 'from-provider', probe: async () => ({ available: true, detail: 'here' }), create: async () => (${backend}) }`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet modules '));
});
afterAll(() => rm(folder, { recursive: true }));

const put = async (path: string, text: string) => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
};

describe('a module with a backend', () => {
  it.each([
    { what: 'a backend as default', text: `export default ${backend}`, id: 'mine' },
    { what: 'a provider as default', text: `export default ${provider}`, id: 'from-provider' },
    { what: 'a provider by name', text: `export const provider = ${provider}`, id: 'from-provider' },
    { what: 'a function by name', text: `export function createBackend() { return ${backend}; }`, id: 'mine' },
    { what: 'an async function', text: `export default async () => (${backend})`, id: 'mine' },
    { what: 'a function that makes a provider', text: `export default () => (${provider})`, id: 'from-provider' },
    {
      what: 'something else as default',
      text: `export default 7; export const provider = ${provider}`,
      id: 'from-provider',
    },
    { what: 'CommonJS', text: `module.exports = ${backend}`, id: 'mine', file: 'module.cjs' },
  ])('may export $what', async ({ what, text, id, file = `${what.replaceAll(' ', '-')}.mjs` }) => {
    await put(file, text);
    const found = await loadModule(`./${file}`, folder);
    expect(found?.id).toBe(id);
    expect(await found!.probe()).toMatchObject({ available: true });
    expect(await found!.create()).toMatchObject({ id: 'mine', capabilities: { ops: ['relu'] } });
  });

  it('makes a backend for each that is asked for, with the options', async () => {
    await put(
      'each.mjs',
      `let n = 0; export default ({ threads = 0 } = {}) => ({ ...${backend}, id: \`\${++n} of \${threads}\` })`,
    );
    const found = await loadModule('each.mjs', folder);
    const ids = [await found!.create({}), await found!.create({}), await found!.create({ threads: 3 })].map(
      ({ id }) => id,
    );
    expect(ids).toEqual(['1 of 0', '2 of 0', '3 of 3']);
  });

  it('lets go of the one that was made to see what comes, when another is wanted', async () => {
    await put(
      'first.mjs',
      `globalThis.gone = []; let n = 0; export default () => { const id = String(++n); return { ...${backend}, id, [Symbol.asyncDispose]: async () => void gone.push(id) }; }`,
    );
    const found = await loadModule('first.mjs', folder);
    expect((await found!.create({ threads: 2 })).id).toBe('2');
    expect((globalThis as { gone?: unknown }).gone).toEqual(['1']);
  });

  it('may be a package, of CommonJS or of ES modules only', async () => {
    await put('node_modules/alpha/package.json', '{ "main": "a.cjs" }');
    await put('node_modules/alpha/a.cjs', `module.exports = ${provider}`);
    await put('node_modules/@scope/beta/package.json', '{ "exports": { ".": { "import": "./b.mjs" } } }');
    await put('node_modules/@scope/beta/b.mjs', `export default ${backend}`);
    await mkdir(join(folder, 'inner'));
    expect((await loadModule('alpha', join(folder, 'inner')))?.id).toBe('from-provider');
    expect((await loadModule('@scope/beta', folder))?.id).toBe('mine');
    expect(await loadModule('gamma', folder)).toBeUndefined();
  });
});

describe('a module that is no backend says why', () => {
  it.each([
    { what: 'exports nothing', text: '', code: 'invalid-input', says: /exports no backend; it exports nothing/ },
    {
      what: 'exports others',
      text: 'export const a = 1, b = 2',
      code: 'invalid-input',
      says: /it exports a, b.*createBackend/,
    },
    {
      what: 'lacks parts',
      text: `export default { id: 5, environment: {}, capabilities: { ops: [], precisions: ['f32'] } }`,
      code: 'invalid-input',
      says: /default of .* is neither a provider nor a backend: id is number, not a string; environment.engine is undefined.*capabilities.profiling is undefined, not a boolean.*; compile is undefined, not a function; It has no method \[Symbol.asyncDispose\]/,
    },
    {
      what: 'declares an op that there is not',
      text: `export default { ...${backend}, capabilities: { ...${backend}.capabilities, ops: ['relu', 'gelu'] } }`,
      code: 'invalid-input',
      says: /capabilities.ops names gelu; the ops are conv2d/,
    },
    {
      what: 'makes nothing',
      text: 'export default () => null',
      code: 'invalid-input',
      says: /is a function; what it returns is neither .*: It is null/,
    },
    {
      what: 'throws when called',
      text: 'export default () => { throw new Error("no GPU") }',
      code: 'backend-failure',
      says: /threw no GPU/,
    },
    {
      what: 'throws when loaded',
      text: 'throw new Error("too early")',
      code: 'backend-failure',
      says: /cannot be loaded: too early/,
    },
    {
      what: 'imports what is not there',
      text: 'import "./nothing.mjs"',
      code: 'backend-failure',
      says: /cannot be loaded: .*nothing\.mjs/,
    },
  ])('$what', async ({ what, text, code, says }) => {
    const file = `${what.replaceAll(' ', '-')}.mjs`;
    await put(file, text);
    const loaded = loadModule(file, folder);
    await expect(loaded).rejects.toMatchObject({ code });
    await expect(loaded).rejects.toThrow(says);
  });

  it.each(['./absent.mjs', 'absent.js', 'folder/absent', '.'])('%s is not there', async (name) => {
    await expect(loadModule(name, folder)).rejects.toMatchObject({
      code: 'unknown-name',
      where: 'option --backend',
      message: expect.stringContaining(`There is no module "${name}"`),
    });
  });
});

it.each([
  { name: './a', file: true },
  { name: '../b.mjs', file: true },
  { name: 'a.mjs', file: true },
  { name: 'dist/a', file: true },
  { name: '/x/y', file: true },
  { name: 'file:///x/y.mjs', file: true },
  { name: 'onnx-node', file: false },
  { name: '@scope/name', file: false },
])('$name is a file: $file', ({ name, file }) => {
  expect(looksLikeFile(name)).toBe(file);
});
