import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const child = new URL('child.mjs', import.meta.url).href;
/**
 * A process that runs `code` through `run` and exits with the code that it got.
 * @param {string} code
 * @param {string} [options]
 */
const wrapper = (code, options = '{}') => [
  '--input-type=module',
  '-e',
  `import { run } from '${child}'; process.exitCode = await run(process.execPath, ['-e', ${JSON.stringify(code)}], ${options});`,
];

it.each([
  ['success', 'process.exit(0)', 0],
  ['failure', 'process.exit(7)', 7],
  ['death by a signal', 'process.kill(process.pid, "SIGKILL")', 128 + 9],
])('hands on %s', (_what, code, expected) => {
  expect(spawnSync(process.execPath, wrapper(code)).status).toBe(expected);
});

it('says what could not be started', () => {
  const code = `import { run } from '${child}'; process.exitCode = await run('no such program', []);`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  expect(stderr).toContain('Cannot run no such program');
  expect(status).toBe(127);
});

it.each([
  ['ours', 'out\n', 'err\n'],
  ['stderr', '', 'out\nerr\n'], // standard output is the job's
  ['none', '', ''],
])('sends the output to %s', (output, out, err) => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    wrapper('console.log("out"); console.error("err")', JSON.stringify({ output })),
    { encoding: 'utf8' },
  );
  expect([stdout, stderr]).toEqual([out, err]);
});

it.for([
  ['SIGINT', 5, 5],
  ['SIGTERM', 5, 5],
  ['SIGINT', 0, 128 + 2],
])('lets the program answer %s: its %d becomes our %d', async ([signal, theirs, ours], context) => {
  context.skip(process.platform === 'win32', 'Windows has no signals that a program can answer');
  const code = `process.on('${signal}', () => process.exit(${theirs})); setInterval(() => {}, 1e3); console.log('ready')`;
  const outer = spawn(process.execPath, wrapper(code), { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(outer.stdout, 'data');
  outer.kill(/** @type {NodeJS.Signals} */ (signal));
  expect(await once(outer, 'exit')).toEqual([ours, null]);
});

it('ends a program that takes too long, with all that it started', () => {
  // The grandchild ignores the polite signal, and holds the pipe that we read: it is gone when the pipe ends.
  const grandchild = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1e3); console.log("ready")`;
  const code = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "inherit" })`;
  const began = performance.now();
  const { status, stdout } = spawnSync(process.execPath, wrapper(code, '{ seconds: 2 }'), {
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect({ status, stdout }).toEqual({ status: 124, stdout: 'ready\n' });
  expect(performance.now() - began).toBeLessThan(20_000);
});

it('leaves a program alone that ends in time', () => {
  expect(spawnSync(process.execPath, wrapper('process.exit(7)', '{ seconds: 30 }')).status).toBe(7);
});

it('hands a signal on to a program with a time limit', async (context) => {
  context.skip(process.platform === 'win32', 'Windows has no signals that a program can answer');
  const code = `process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1e3); console.log('ready')`;
  const outer = spawn(process.execPath, wrapper(code, '{ seconds: 30 }'), { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(outer.stdout, 'data');
  outer.kill('SIGTERM');
  expect(await once(outer, 'exit')).toEqual([5, null]);
});

it('refuses an unknown job with exit code 2', () => {
  const bootstrap = fileURLToPath(new URL('../bootstrap.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [bootstrap, 'toString'], { encoding: 'utf8' });
  expect(stderr).toContain('usage: node tools/bootstrap.mjs start|cli|test');
  expect(status).toBe(2);
});
