interface Builtins {
  'node:fs': typeof import('node:fs');
  'node:os': typeof import('node:os');
  'node:path': typeof import('node:path');
}

const { process } = globalThis as { process?: NodeJS.Process };

/** A Node built-in without an import that a bundler would see; undefined elsewhere. */
export function nodeBuiltin<K extends keyof Builtins>(id: K): Builtins[K] | undefined {
  return process?.versions?.node === undefined ? undefined : process.getBuiltinModule?.(id);
}

/** Node's name for the processor: `x64`, `arm64`, ...; undefined elsewhere. */
export function architecture(): string | undefined {
  return process?.arch;
}
