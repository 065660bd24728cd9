import { fileURLToPath } from 'node:url';
import { AlexNetError, type BackendProvider } from '@alexnet/core';
import { findModule } from './find-module.ts';
import { providerOf } from './provider-of.ts';

/**
 * Anybody's backend: a file, relative to `folder`, or a package that is installed there. Undefined for a name that is neither.
 * Errors: `unknown-name` for a file that is not there; `invalid-file` for one that is no valid JavaScript; `backend-failure` when loading it throws;
 * `invalid-input` when it exports no backend.
 */
export async function loadModule(name: string, folder = process.cwd()): Promise<BackendProvider | undefined> {
  const address = findModule(name, folder);
  return address === undefined ? undefined : providerOf(await importModule(address, name), name);
}

async function importModule(address: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(address)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const syntax = cause instanceof SyntaxError;
    throw new AlexNetError({
      code: syntax ? 'invalid-file' : 'backend-failure',
      message: syntax
        ? `The module ${name} is no valid JavaScript: ${cause.message}`
        : `The module ${name} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: placeOf(cause) ?? fileURLToPath(address),
      cause,
    });
  }
}

/** Of a syntax error, Node writes the file and line before its stack. */
function placeOf(cause: unknown): string | undefined {
  const first = cause instanceof Error ? cause.stack?.split('\n')[0] : undefined;
  const [, address, line] = /^(file:.*):(\d+)$/.exec(first ?? '') ?? [];
  return address === undefined ? undefined : `${fileURLToPath(address)}, line ${line}`;
}
