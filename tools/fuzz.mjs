#!/usr/bin/env node
// Reads mutated weight files, 100,000 of each format unless told otherwise: each must be read or refused with a typed error.
//
//   npm run fuzz [-- cases]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './bootstrap/workspace.mjs';

const cases = Number(process.argv[2] ?? 100_000);
if (!Number.isInteger(cases) || cases < 1) {
  console.error(`The number of cases must be a whole number above 0, not ${process.argv[2]}`);
  process.exit(2);
}
const { status } = spawnSync('npx', ['vitest', 'run', 'src/testing/fuzz-readers.test.ts'], {
  cwd: join(root, 'packages/checkpoints'),
  env: { ...process.env, ALEXNET_FUZZ_CASES: String(cases) },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
