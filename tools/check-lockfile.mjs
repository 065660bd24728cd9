#!/usr/bin/env node
// Checks that the lockfile serves every platform, not only the one that wrote it. A native tool comes as one optional
// package per platform; if a registry lacks some of them when the lockfile is written, pnpm leaves them out silently, and
// contributors on those platforms get no binary.
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest, root } from './bootstrap/workspace.mjs';

const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8');
const locked = new Set([...lock.matchAll(/^ {2}'?((?:@[^/@]+\/)?[^@'\s]+)@/gm)].map(([, name]) => name));

let packages = 0;
let incomplete = 0;
const store = join(root, 'node_modules/.pnpm');
for (const entry of readdirSync(store)) {
  const modules = join(store, entry, 'node_modules');
  for (const name of packagesIn(modules)) {
    const folder = join(modules, name);
    if (lstatSync(folder).isSymbolicLink() || !existsSync(join(folder, 'package.json'))) continue;
    const { version, optionalDependencies = {} } = readManifest(folder);
    const missing = Object.keys(optionalDependencies).filter((optional) => !locked.has(optional));
    packages += 1;
    if (missing.length === 0) continue;
    incomplete += 1;
    console.error(
      `${name}@${version}: the lockfile lacks ${missing.join(' ')}. Pin a version whose packages all exist.`,
    );
  }
}
console.log(`lockfile: ${packages} packages, ${incomplete} incomplete`);
process.exitCode = incomplete > 0 || packages === 0 ? 1 : 0;

/** @param {string} modules a node_modules folder */
function packagesIn(modules) {
  if (!existsSync(modules)) return [];
  return readdirSync(modules).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}
