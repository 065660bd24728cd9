#!/usr/bin/env node
// Checks every published package as npm would get it: packs it, runs publint and are-the-types-wrong on the tarball,
// compiles the documentation's examples against the installed tarballs, runs those that are ```ts check, and starts the command.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, toolFile } from './bootstrap/workspace.mjs';
import { checkContent } from './packages/content.mjs';
import { compileExamples } from './packages/examples.mjs';
import { packAll } from './packages/pack.mjs';
import { checkSize } from './packages/size.mjs';

const consumer = realpathSync(mkdtempSync(join(tmpdir(), 'alexnet packages ')));
/** @type {string[]} */
const problems = [];

/**
 * Runs a Node script in the consumer's folder and reports what it says when it fails.
 * @param {string} what
 * @param {readonly string[]} args
 */
function mustRun(what, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: consumer, encoding: 'utf8' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${what}`);
  if (status !== 0) problems.push(`${what}: exit code ${status}\n${stdout}${stderr}`);
  return stdout;
}

try {
  const packages = packAll(consumer);
  for (const packed of packages) {
    const { name, tarball, folder, manifest } = packed;
    problems.push(...checkContent(packed), ...checkSize(packed));
    mustRun(`publint ${name}`, [toolFile('publint', 'src/cli.js'), 'run', tarball, '--strict']);
    if (manifest.exports !== undefined) {
      const attw = toolFile('@arethetypeswrong/cli', 'dist/index.js');
      mustRun(`are the types wrong ${name}`, [attw, tarball, '--profile', 'esm-only']);
    }
    for (const [command, file] of Object.entries(manifest.bin ?? {})) {
      const version = mustRun(`${command} --version`, [join(folder, file), '--version']).trim();
      if (version !== manifest.version) problems.push(`${command} --version says ${version}, not ${manifest.version}`);
      const said = mustRun(`${command} classify, without a word of weights`, [
        join(folder, file),
        'classify',
        join(root, 'packages/conformance/photos/chelsea.jpg'),
        '--json',
      ]);
      if (!said.includes('"label":"cat"')) problems.push(`${command} classify does not see the cat: ${said}`);
    }
  }
  const examples = compileExamples(consumer, packages);
  problems.push(...examples.problems);
  for (const { place, file } of examples.scripts) mustRun(place, [file]);

  for (const problem of problems) console.error(problem);
  console.log(`packages: ${packages.length} packed, ${examples.scripts.length} examples, ${problems.length} problems`);
  process.exitCode = problems.length > 0 || packages.length === 0 ? 1 : 0;
} finally {
  rmSync(consumer, { recursive: true, force: true });
}
