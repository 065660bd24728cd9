import type { Tfjs } from '../tfjs.ts';
import type { Missing } from './engine.ts';

/** What became of an import that failed. */
export interface Failed {
  readonly failed: unknown;
}

/** For `import(...).catch(failed)`, written just so: bundlers then know that the package may be missing. */
export function failed(cause: unknown): Failed {
  return { failed: cause };
}

/** Imports an optional package; one that is not there or does not load is no exception here. */
export async function importOptional<T extends object>(
  name: string,
  importer: () => Promise<T | Failed>,
): Promise<T | Missing> {
  const module = (await importer()) as (T & { readonly default?: T }) | Failed;
  // a CommonJS package has all of it in `default`
  if (!('failed' in module)) return module.default ?? module;
  const { code, message = String(module.failed) } = module.failed as { code?: string; message?: string };
  const absent = (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(name);
  const reason = message.split('\n')[0]!.trim();
  return absent
    ? { missing: `The package ${name} is not installed`, fix: `Install it: npm install ${name}` }
    : { missing: `The package ${name} does not load: ${reason}`, fix: `Install it anew: npm install ${name}` };
}

/** Whether this is Node; browsers, workers and other engines have no `process.versions.node`. */
export function inNode(): boolean {
  return (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined;
}

/** Imports tfjs's core and a package that registers a backend in it. */
export async function importCore(name: string, importer: () => Promise<object>): Promise<Tfjs | Missing> {
  const core = await importOptional('@tensorflow/tfjs-core', () => import('@tensorflow/tfjs-core').catch(failed));
  if ('missing' in core) return core;
  const backend = await importOptional(name, importer);
  return 'missing' in backend ? backend : core;
}
