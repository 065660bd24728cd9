import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { complaint } from './native-step.mjs';

/*
 * The step runs in a process of its own, in a copy of the bootstrap beside a package with the layout of the real one.
 * An addon that loads is borrowed: ONNX Runtime's.
 */

const tools = dirname(dirname(fileURLToPath(import.meta.url)));
const onnx = createRequire(join(tools, '../packages/backend-onnx/package.json')).resolve(
  'onnxruntime-node/package.json',
);
const addon = join(dirname(onnx), 'bin/napi-v6', process.platform, process.arch, 'onnxruntime_binding.node');

let root = '';
let folder = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'alexnet native '));
  folder = join(root, 'packages/backend-tfjs/node_modules/@tensorflow/tfjs-node');
  mkdirSync(join(root, 'tools'));
  mkdirSync(join(root, 'node_modules'));
  mkdirSync(folder, { recursive: true });
  cpSync(join(tools, 'bootstrap'), join(root, 'tools/bootstrap'), { recursive: true });
  cpSync(join(tools, 'natives.mjs'), join(root, 'tools/natives.mjs'));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) writeFileSync(join(root, file), '');
  for (const at of [root, join(root, 'packages/backend-tfjs'), folder]) writeFileSync(join(at, 'package.json'), '{}');
});
afterEach(() => rmSync(root, { recursive: true }));

/**
 * Runs the step, and asks afterwards what it says about itself.
 * @param {NodeJS.ProcessEnv} env
 */
function step(env) {
  const code = `
    const { getNatives, nativeOutcomes, nativesSettled } = await import('./tools/bootstrap/native-step.mjs');
    const before = nativesSettled();
    const code = await getNatives();
    console.log(JSON.stringify({ before, code, after: nativesSettled(), outcomes: nativeOutcomes() }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    env: { ...process.env, ALEXNET_NATIVE: '', ALEXNET_TFJS_NATIVE: '', ...env },
    encoding: 'utf8',
  });
  return { ...JSON.parse(stdout), stderr };
}

/**
 * A program that gets the addon its own way: the package's folder is its argument `$1`.
 * @param {string} commands
 */
function program(commands) {
  const file = join(root, 'get native.sh');
  writeFileSync(file, `#!/bin/sh\nset -e\n${commands}\n`, { mode: 0o755 });
  return { ALEXNET_TFJS_NATIVE: file };
}
const binding = '"$1/lib/napi-v8/tfjs_binding.node"';
const makeFolder = 'mkdir -p "$1/lib/napi-v8"';

/** @param {string} reason */
const outcomes = (reason) => [{ name: '@tensorflow/tfjs-node', reason }];

describe('where a program gets the addon', () => {
  beforeEach((context) => {
    context.skip(process.platform === 'win32', 'the programs here are shell scripts');
  });

  it('gets it, and is settled', () => {
    const env = program(`${makeFolder}; ln -s "${addon}" ${binding}`);
    expect(step(env)).toMatchObject({ before: false, code: 0, after: true, outcomes: outcomes('') });
    expect(step(env)).toMatchObject({ before: true, outcomes: outcomes('') });
  });

  it.each([
    ['fails', 'echo working; echo "fatal error: no compiler" >&2; echo bye; exit 3', 'fatal error: no compiler'],
    ['claims success and has done nothing', 'echo done', 'done'],
    ['leaves half a file', `${makeFolder}; echo half > ${binding}; exit 1`, 'exit code 1'],
    [
      'makes what its own check rejects',
      `${makeFolder}; ln -s "${addon}" ${binding}; echo "Error: bad"; exit 1`,
      'Error: bad',
    ],
    ['crashes', 'kill -9 $$', 'exit code 137'],
    ['makes what does not load', `${makeFolder}; echo "built"; echo wrong > ${binding}`, 'built'],
  ])('says so and goes on when it %s', (_what, commands, reason) => {
    const { code, after, outcomes: said, stderr } = step(program(commands));
    expect({ code, after }).toEqual({ code: 0, after: true });
    expect(said[0].reason).toContain(reason);
    expect(stderr).toContain(`Left out: native TensorFlow`);
    expect(stderr).toContain(`${reason} (all of it: `);
    expect(stderr).toContain('To get it: npm run native:tfjs');
    expect(existsSync(join(folder, 'lib/napi-v8/tfjs_binding.node'))).toBe(false);
  });

  it('stops when it is interrupted, and tries again next time', () => {
    expect(step(program('kill -TERM $$'))).toMatchObject({ code: 143, after: false });
  });

  it('goes on where nothing can be written', () => {
    mkdirSync(join(root, 'node_modules/.alexnet-natives.log'));
    const { code, stderr } = step(program('exit 0'));
    expect(code).toBe(0);
    expect(stderr).toContain('Cannot get native libraries: EISDIR');
  });

  it('leaves the manifest as it was, and never touches another link to it', () => {
    linkSync(join(folder, 'package.json'), join(root, 'store'));
    const { outcomes: said } = step(program('echo changed > "$1/package.json"; cat "$1/package.json"; exit 1'));
    expect(said[0].reason).toContain('changed');
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe('{}');
    expect(readFileSync(join(root, 'store'), 'utf8')).toBe('{}');
  });
});

describe('whether there is something to try', () => {
  const skip = { ALEXNET_NATIVE: 'skip' };

  it('is not, when the user wants none', () => {
    expect(step(skip)).toMatchObject({ code: 0, after: true, outcomes: outcomes('ALEXNET_NATIVE=skip') });
    expect(step(skip)).toMatchObject({ before: true });
  });

  it.each([
    ['another install', () => writeFileSync(join(root, 'pnpm-lock.yaml'), 'lock 2'), skip],
    ['other wishes', () => {}, { ...skip, ALEXNET_TFJS_NATIVE: 'another program' }],
    ['a record that cannot be read', () => writeFileSync(join(root, 'node_modules/.alexnet-natives.json'), '{'), skip],
    ['a package that came later', () => rmSync(join(root, 'node_modules'), { recursive: true }), skip],
  ])('is, after %s', (_what, change, env) => {
    step(skip);
    change();
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    expect(step(env)).toMatchObject({ before: false, after: true });
  });

  it('is, when an addon that was there has gone', () => {
    mkdirSync(join(folder, 'lib/napi-v8'), { recursive: true });
    cpSync(addon, join(folder, 'lib/napi-v8/tfjs_binding.node'));
    for (const library of ['libonnxruntime.so.1', 'libonnxruntime.1.dylib', 'onnxruntime.dll']) {
      const from = join(dirname(addon), library);
      if (existsSync(from)) cpSync(from, join(folder, 'lib/napi-v8', library));
    }
    expect(step(skip)).toMatchObject({ outcomes: outcomes('') });
    rmSync(join(folder, 'lib'), { recursive: true });
    expect(step(skip)).toMatchObject({ before: false, outcomes: outcomes('ALEXNET_NATIVE=skip') });
  });

  const noProxy = { HTTPS_PROXY: '', https_proxy: '', HTTP_PROXY: '', http_proxy: '' };
  it('asks first whether the host can be reached', () => {
    const { code, outcomes: said } = step({
      TFJS_NODE_BASE_URI: 'http://127.0.0.1:1/',
      ...noProxy,
    });
    expect(code).toBe(0);
    expect(said[0].reason).toBe('cannot connect to 127.0.0.1: ECONNREFUSED');
  });
});

it.each([
  [
    'a crash of Node',
    "      throw er; // Unhandled 'error' event\n\nError: getaddrinfo ENOTFOUND host\n    at onlookup (node:dns)\nNode.js v20",
    'Error: getaddrinfo ENOTFOUND host',
  ],
  [
    'pip',
    'ERROR: Could not find it\nERROR: No matching distribution found for x\n',
    'ERROR: No matching distribution found for x',
  ],
  ['a program that names no error', 'one\n  two\n\n', 'two'],
  ['silence', '\n', ''],
])('finds the line that says most: %s', (_what, output, line) => {
  expect(complaint(output)).toBe(line);
});
