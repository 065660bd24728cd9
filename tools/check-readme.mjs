#!/usr/bin/env node
// Runs every command of the documentation that is in a block marked ```sh check, line by line in the root folder.
// `alexnet` is the command as built here.
// (Blocks marked ```ts check are compiled and run against the packed packages: see check-packages.mjs.)
import { spawnSync } from 'node:child_process';
import { root, toolEnvironment } from './bootstrap/workspace.mjs';
import { readBlocks } from './docs/blocks.mjs';

const minutes = 3;
const prelude = 'alexnet() { node apps/cli/dist/main.js "$@"; }';
const commands = readBlocks(root, 'sh check').flatMap(({ file, line, text }) =>
  text
    .split('\n')
    .map((command, index) => ({ command: command.trim(), place: `${file}:${line + index}` }))
    .filter(({ command }) => command !== '' && !command.startsWith('#')),
);

let failed = 0;
for (const { command, place } of commands) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync('sh', ['-c', `${prelude}\n${command}`], {
    cwd: root,
    env: toolEnvironment(),
    encoding: 'utf8',
    timeout: minutes * 60_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${place}: ${command} (${seconds} s)`);
  if (status === 0) continue;
  failed += 1;
  console.error(`${stdout}${stderr}\n${place}: exit code ${status ?? `none within ${minutes} minutes`}`);
}
console.log(`documentation: ${commands.length} commands, ${failed} failed`);
process.exitCode = failed > 0 || commands.length === 0 ? 1 : 0;
