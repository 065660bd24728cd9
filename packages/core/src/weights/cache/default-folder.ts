import { nodeBuiltin } from '../../bytes/node-builtin.ts';
import { noSuchCache } from './weight-cache.ts';

export interface FolderFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly home: string;
}

/**
 * Where this machine's programs keep what they can get again: `$XDG_CACHE_HOME` or `~/.cache` (XDG Base Directory Specification), on macOS
 * `~/Library/Caches`, on Windows `%LOCALAPPDATA%`; in it a folder `alexnet`. Not created yet. Errors: `unsupported` in a browser.
 */
export function defaultCacheFolder(facts: FolderFacts = factsOfThisMachine()): string {
  const { env, platform, home } = facts;
  const path = nodeBuiltin('node:path')![platform === 'win32' ? 'win32' : 'posix'];
  const set = (variable: string): string | undefined => {
    const value = env[variable] ?? '';
    return path.isAbsolute(value) ? value : undefined; // the specification: a relative path is to be ignored
  };
  const root: Readonly<Record<string, () => string>> = {
    win32: () => set('LOCALAPPDATA') ?? path.join(home, 'AppData', 'Local'),
    darwin: () => path.join(home, 'Library', 'Caches'),
  };
  const elsewhere = (): string => path.join(home, '.cache');
  return path.join(set('XDG_CACHE_HOME') ?? (root[platform] ?? elsewhere)(), 'alexnet');
}

function factsOfThisMachine(): FolderFacts {
  const os = nodeBuiltin('node:os');
  const { process } = globalThis as {
    readonly process?: { readonly env: FolderFacts['env']; readonly platform: string };
  };
  if (os === undefined || process === undefined) throw noSuchCache('file system', 'Use another cache.');
  return { env: process.env, platform: process.platform, home: os.homedir() };
}
