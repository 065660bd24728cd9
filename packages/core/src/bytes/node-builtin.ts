interface Builtins {
  'node:crypto': typeof import('node:crypto');
  'node:fs': typeof import('node:fs');
  'node:os': typeof import('node:os');
  'node:path': typeof import('node:path');
  'node:url': typeof import('node:url');
}

const { process } = globalThis as { process?: NodeJS.Process };

/** A Node built-in without an import that a bundler would see; undefined in other engines. */
export function nodeBuiltin<K extends keyof Builtins>(id: K): Builtins[K] | undefined {
  return process?.versions?.node === undefined ? undefined : process.getBuiltinModule?.(id);
}
