import type { Tfjs } from '../tfjs.ts';
import type { Missing } from './engine.ts';

/** Imports optional packages; one that is not there or does not load is no exception here. The last one's module is returned. */
export async function importOptional<T extends object>(name: string, importer: () => Promise<T>): Promise<T | Missing> {
  try {
    const module = (await importer()) as T & { readonly default?: T };
    // a CommonJS package has all of it in `default`
    return module.default ?? module;
  } catch (cause) {
    const { code, message } = cause as { code?: string; message?: string };
    const absent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    const reason = (message ?? String(cause)).split('\n')[0]!.trim();
    return {
      missing: absent ? `The package ${name} is not installed` : `The package ${name} does not load: ${reason}`,
      fix: `Install it: npm install ${name}`,
    };
  }
}

/** Whether this is Node; browsers, workers and other engines have no `process.versions.node`. */
export function inNode(): boolean {
  return (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined;
}

/** Imports tfjs's core and a package that registers a backend in it. */
export async function importCore(name: string, importer: () => Promise<object>): Promise<Tfjs | Missing> {
  const core = await importOptional('@tensorflow/tfjs-core', () => import('@tensorflow/tfjs-core'));
  if ('missing' in core) return core;
  const backend = await importOptional(name, importer);
  return 'missing' in backend ? backend : core;
}
