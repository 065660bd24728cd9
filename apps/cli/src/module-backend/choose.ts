import {
  AlexNetError,
  type BackendProvider,
  chooseFrom,
  createRegistry,
  type Probed,
  type Registry,
} from '@alexnet/core';
import { loadModule } from './load-module.ts';

/**
 * `chooseFrom`, where names that the registry does not know may be modules of anybody.
 * Errors: those of `chooseFrom` and `loadModule`; `unknown-name` for what is neither a backend nor a module.
 */
export async function chooseWithModules(
  registry: Registry,
  wanted: readonly string[] | undefined,
  note: (text: string) => void,
): Promise<Probed[]> {
  const known = new Set(registry.providers.map(({ id }) => id));
  const modules: BackendProvider[] = [];
  const ids: string[] = [];
  for (const name of new Set(wanted)) {
    const module = known.has(name) ? undefined : await loadModule(name);
    if (module === undefined) ids.push(name);
    else modules.push(module);
  }
  const chosen = modules.length > 0 && ids.length === 0 ? [] : await chooseFrom(registry, wanted && ids, note);
  const theirs = createRegistry(modules);
  return [
    ...chosen,
    ...(await chooseFrom(
      theirs,
      modules.map(({ id }) => id),
      note,
    )),
  ];
}

/** Errors: `unsupported`: a page has only the backends that are built into it. */
export function refuseModules(registry: Registry, wanted: readonly string[] | undefined): void {
  const known = new Set(registry.providers.map(({ id }) => id));
  const module = wanted?.find((name) => !known.has(name) && /[./\\]/.test(name));
  if (module === undefined) return;
  throw new AlexNetError({
    code: 'unsupported',
    message: `The module ${module} runs in Node only`,
    fix: 'Leave --in out, or run it in a page of your own with runInPage of @alexnet/conformance/page.',
    where: 'option --backend',
  });
}
