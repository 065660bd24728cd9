#!/usr/bin/env node
// Checks what may import what (tools/dependencies/rules.mjs) and that core needs nothing but the language.
//
//   node tools/check-dependencies.mjs [folder of a repository]
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './bootstrap/workspace.mjs';
import { checkPlainEngine } from './dependencies/plain-engine.mjs';
import { checkRules } from './dependencies/rules.mjs';
import { readPackages } from './dependencies/sources.mjs';

const from = resolve(process.argv[2] ?? root);
const core = 'packages/core/src/index.ts';
const packages = readPackages(from);
const problems = [...checkRules(packages), ...(existsSync(join(from, core)) ? checkPlainEngine(from, core) : [])];

for (const problem of problems) console.error(problem);
const files = packages.reduce((sum, { sources }) => sum + sources.length, 0);
console.log(`dependencies: ${files} files in ${packages.length} packages, ${problems.length} problems`);
process.exitCode = problems.length > 0 || files === 0 ? 1 : 0;
