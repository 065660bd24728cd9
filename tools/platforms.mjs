#!/usr/bin/env node
// The README's table of platforms and engines, from a real run of the built command (`npm run build` first).
//
//   node tools/platforms.mjs [--budget SECONDS] [--limit SECONDS]   runs everything, then writes the record and the table
//   node tools/platforms.mjs --render                               writes the table from the record
//   node tools/platforms.mjs --check                                fails when the README's table is not the record's
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, toolFile } from './bootstrap/workspace.mjs';
import { withMarked } from './platforms/marked.mjs';
import { measurePlatforms } from './platforms/measure.mjs';
import { schema } from './platforms/record.mjs';
import { renderPlatforms } from './platforms/render.mjs';

const recordFile = join(root, 'docs/performance/platforms.json');
const readmeFile = join(root, 'README.md');

const { values } = parseArgs({
  options: {
    budget: { type: 'string', default: '12' },
    limit: { type: 'string', default: '30' },
    render: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});

if (!values.render && !values.check) {
  if (!existsSync(join(root, 'apps/cli/dist/main.js'))) {
    console.error('The command is not built yet: npm run build');
    process.exit(1);
  }
  const platforms = await measurePlatforms({ budget: Number(values.budget), limit: Number(values.limit) });
  writeFileSync(recordFile, `${JSON.stringify(platforms, null, 2)}\n`);
  // As the formatter wants it: the record is checked like any other file.
  spawnSync(process.execPath, [toolFile('@biomejs/biome', 'bin/biome'), 'format', '--write', recordFile], {
    cwd: root,
  });
}

/** @type {import('./platforms/record.mjs').Platforms} */
const platforms = JSON.parse(readFileSync(recordFile, 'utf8'));
if (platforms.schema !== schema) throw new Error(`${recordFile} has the schema ${platforms.schema}, not ${schema}`);
const readme = readFileSync(readmeFile, 'utf8');
const wanted = withMarked(readme, 'platforms', renderPlatforms(platforms));
if (!values.check) {
  writeFileSync(readmeFile, wanted);
} else if (readme !== wanted) {
  console.error(
    'README.md: the table of platforms is not that of docs/performance/platforms.json. To write it: node tools/platforms.mjs --render',
  );
  process.exitCode = 1;
} else {
  console.log('README.md: the table of platforms is that of docs/performance/platforms.json');
}
