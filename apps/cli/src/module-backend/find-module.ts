import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AlexNetError } from '@alexnet/core';

/** Whether a name can only be a file: it has a separator or the ending of a module, and is no scoped package. */
export function looksLikeFile(name: string): boolean {
  if (name.startsWith('.') || isAbsolute(name) || name.startsWith('file:')) return true;
  return /\.[cm]?[jt]s$/.test(name) || (/[\\/]/.test(name) && !name.startsWith('@'));
}

/**
 * The address of a module: of a file, relative to `folder`, or of a package that is installed there or above.
 * Undefined for a name that is no file and no package. Errors: `unknown-name` for a file that is not there.
 */
export function findModule(name: string, folder: string): string | undefined {
  if (!looksLikeFile(name)) return findPackage(name, folder);
  const path = name.startsWith('file:') ? new URL(name) : pathToFileURL(resolve(folder, name));
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path.href;
  throw new AlexNetError({
    code: 'unknown-name',
    message: `There is no module ${JSON.stringify(name)}`,
    fix: `Give the file of a backend, relative to ${folder}, or the id of one that \`alexnet backends\` lists.`,
    where: 'option --backend',
  });
}

function findPackage(name: string, folder: string): string | undefined {
  const require = createRequire(join(folder, 'noop.js'));
  try {
    return pathToFileURL(require.resolve(name)).href;
  } catch {
    // what only exists for `import` is not found by `require`
    const searched = require.resolve.paths(name) ?? [];
    const home = searched.map((modules) => join(modules, name)).find((path) => existsSync(join(path, 'package.json')));
    const entry = home === undefined ? undefined : importEntry(join(home, 'package.json'));
    return entry === undefined ? undefined : pathToFileURL(join(home!, entry)).href;
  }
}

type Exports = string | { readonly [condition: string]: Exports } | null;

/** What `import` of a package takes: its main export under the conditions of Node. */
function importEntry(packageJson: string): string | undefined {
  const { exports: all } = JSON.parse(readFileSync(packageJson, 'utf8')) as { exports?: Exports };
  const follow = (at: Exports | undefined): string | undefined => {
    if (typeof at === 'string') return at;
    for (const [condition, inner] of Object.entries(at ?? {})) {
      const found = ['.', 'node', 'import', 'module-sync', 'default'].includes(condition) ? follow(inner) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return follow(all);
}
