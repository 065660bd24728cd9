import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What must be true of a packed package beyond what publint and are-the-types-wrong look at.
 * @param {Pick<import('./pack.mjs').Packed, 'name' | 'folder' | 'manifest'>} packed
 * @returns {string[]} problems
 */
export function checkContent({ name, folder, manifest }) {
  const problems = [];
  for (const file of ['README.md', 'LICENSE']) if (!existsSync(join(folder, file))) problems.push(`has no ${file}`);
  const text = JSON.stringify(manifest);
  if (text.includes('workspace:')) problems.push('names a workspace: version, which npm cannot install');
  if (text.includes('@alexnet/source')) problems.push('exports its TypeScript source, which is not in the package');
  for (const field of ['description', 'keywords', 'license', 'author', 'homepage', 'bugs', 'repository', 'engines']) {
    if (!Object.hasOwn(manifest, field)) problems.push(`its package.json has no ${field}`);
  }
  for (const [command, file] of Object.entries(manifest.bin ?? {})) {
    const target = join(folder, file);
    if (!existsSync(target) || !readFileSync(target, 'utf8').startsWith('#!/usr/bin/env node\n')) {
      problems.push(`its command ${command} does not start with #!/usr/bin/env node`);
    }
  }
  return problems.map((problem) => `${name} ${problem}`);
}
