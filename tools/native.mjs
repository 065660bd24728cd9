#!/usr/bin/env node
// Runs the install script of a native package that the workspace install skips on purpose (see pnpm-workspace.yaml):
//
//   node tools/native.mjs ort     the CUDA provider of onnxruntime-node, about 400 MB from NuGet
//
// `pnpm rebuild` does nothing for a package whose scripts are ignored, hence this.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './bootstrap/child.mjs';
import { nativeFolder, natives } from './natives.mjs';

const native = natives.find(({ id }) => id === process.argv[2]);
const folder = native && nativeFolder(native);
if (native === undefined) {
  console.error(`usage: node tools/native.mjs ${natives.map(({ id }) => id).join('|')}`);
  process.exitCode = 2;
} else if (!native.offered) {
  console.error(`There is nothing to get for ${native.name} on ${process.platform} ${process.arch}.`);
  process.exitCode = 1;
} else if (folder === undefined) {
  console.error(`${native.name} is not installed. Run npm test or npm start first.`);
  process.exitCode = 1;
} else {
  // A new inode: a script may rewrite its manifest, which pnpm's store can share through a hard link.
  const manifest = join(folder, 'package.json');
  const text = readFileSync(manifest);
  rmSync(manifest);
  writeFileSync(manifest, text);
  const env = { ...process.env, ...native.env };
  const code = await run(process.execPath, [native.script], { cwd: folder, env });
  // The script's word is not enough: it can exit with 0 and have done nothing.
  if (code === 0 && native.present(folder)) {
    console.error(`Installed: ${native.what}.`);
  } else {
    console.error(`Could not get ${native.what}. Everything else works without it; check the network and try again.`);
    process.exitCode = code || 1;
  }
}
