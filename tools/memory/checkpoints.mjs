#!/usr/bin/env node
// How long full-size checkpoints of every format take to read, and how much memory: at most the weights and 64 MB.
//
//   node tools/memory/checkpoints.mjs [FILE ...]      which: names in tools/memory/formats.ts; default: all
//
// Each file is written by one process and read by another, which compares what it read with what was written, bit for bit. The files
// (about 250 MB each) go to the temporary folder and are removed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../bootstrap/workspace.mjs';

const MB = 1e6;
const ALLOWED = 64 * MB;

// beside the package, so that what is not bundled is found
const cache = join(root, 'packages/checkpoints/node_modules/.memory');
const { buildSync } = createRequire(join(root, 'apps/cli/package.json'))('esbuild');
mkdirSync(cache, { recursive: true });
buildSync({
  entryPoints: ['one-file', 'formats'].map((name) => join(root, `tools/memory/${name}.ts`)),
  outdir: cache,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@alexnet/source'],
  external: ['h5wasm', 'h5wasm/*', 'onnxruntime-*', '@tensorflow/*'],
  logLevel: 'error',
});
const { cases } = await import(join(cache, 'formats.mjs'));

const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'alexnet-memory-'));
let failed = false;
try {
  for (const { file } of cases) {
    if (wanted.length > 0 && !wanted.includes(file)) continue;
    /** @param {string} action */
    const run = (action) =>
      execFileSync(process.execPath, [join(cache, 'one-file.mjs'), action, folder, file], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    run('write');
    const { format, convention, seconds, peak, bytes, same } = JSON.parse(run('read'));
    const over = (peak - bytes) / MB;
    const ok = same && peak <= bytes + ALLOWED;
    failed ||= !ok;
    console.log(
      [
        file.padEnd(24),
        `${format} (${convention})`.padEnd(30),
        `${seconds.toFixed(2)} s`.padStart(8),
        `peak ${(peak / MB).toFixed(0)} MB`.padStart(13),
        `weights ${(bytes / MB).toFixed(0)} MB and ${over.toFixed(0)}`.padStart(24),
        ok ? '' : same ? ' TOO MUCH' : ' WRONG VALUES',
      ].join(' '),
    );
    for (const name of [file]) rmSync(join(folder, name));
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failed ? 1 : 0;
