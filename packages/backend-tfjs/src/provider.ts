import {
  AlexNetError,
  type Availability,
  type Backend,
  type BackendOptions,
  type BackendProvider,
} from '@alexnet/core';
import { type EngineKind, type EngineName, engineNames, type Found, type Missing } from './engines/engine.ts';
import { inNode } from './engines/import.ts';
import { engineKinds } from './engines/index.ts';
import type { WasmOptions } from './engines/wasm.ts';
import { createBackend } from './runtime/backend.ts';
import { engineError } from './runtime/errors.ts';
import { runEngine } from './runtime/running.ts';
import type { Tfjs, TfjsModule } from './tfjs.ts';

export interface TfjsOptions extends WasmOptions {
  /** Which engine. Default: the best that is here, with the reasons in `environment.notes`. */
  readonly engine?: EngineName;
  /** The caller's own tfjs, in which the engine is registered. Default: the engine's packages are imported. */
  readonly tf?: TfjsModule;
}

/** TensorFlow.js: id `tfjs`, or with a named engine `tfjs-node`, `tfjs-wasm`, ... */
export function tfjsProvider({ engine, tf, ...options }: TfjsOptions = {}): BackendProvider {
  const kinds = engineKinds(options);
  const own = tf as Tfjs | undefined;
  return engine === undefined ? bestOf(kinds, own) : providerOf(`tfjs-${engine}`, kinds[engine], own);
}

/** One provider per engine that this kind of platform may have, best first. */
export function tfjsProviders(options: Omit<TfjsOptions, 'engine'> = {}): BackendProvider[] {
  return enginesHere().map((engine) => tfjsProvider({ ...options, engine }));
}

function enginesHere(): readonly EngineName[] {
  const elsewhere = new Set<EngineName>(inNode() ? ['webgpu', 'webgl'] : ['node-gpu', 'node']);
  return engineNames.filter((name) => !elsewhere.has(name));
}

export function providerOf(id: string, kind: EngineKind, own: Tfjs | undefined): BackendProvider {
  return {
    id,
    ...(kind.download === undefined ? {} : { download: kind.download }),
    probe: async () => availabilityOf(await kind.find(own), kind),
    async create(options = {}) {
      const found = await kind.find(own);
      if ('missing' in found) throw missingError(found);
      return start(id, kind, found, options, []);
    },
  };
}

/** Also without a GPU the GPU package is native TensorFlow, and where it runs the other cannot. */
const native: ReadonlySet<EngineName> = new Set(['node-gpu', 'node']);

/** The first engine that is no slow substitute; if there is none, the first that is here. */
function bestOf(kinds: Readonly<Record<EngineName, EngineKind>>, own: Tfjs | undefined): BackendProvider {
  const choose = async () => {
    const reasons: string[] = [];
    let substitute:
      | { readonly kind: EngineKind; readonly found: Found; readonly reasons: readonly string[] }
      | undefined;
    for (const name of enginesHere()) {
      const kind = kinds[name];
      const found = await kind.find(own);
      if (!('missing' in found) && (!found.fallback || native.has(name))) return { kind, found, reasons };
      if (!('missing' in found)) substitute ??= { kind, found, reasons: [...reasons] };
      reasons.push(`Not ${name}: ${'missing' in found ? found.missing : `${found.device} is a slow substitute`}.`);
    }
    return (
      substitute ?? {
        missing: reasons.join(' '),
        fix: 'Install one: npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm',
      }
    );
  };
  return {
    id: 'tfjs',
    async probe() {
      const chosen = await choose();
      return 'missing' in chosen
        ? { available: false, detail: chosen.missing, fix: chosen.fix }
        : availabilityOf(chosen.found, chosen.kind);
    },
    async create(options = {}) {
      const chosen = await choose();
      if ('missing' in chosen) throw missingError(chosen);
      return start('tfjs', chosen.kind, chosen.found, options, chosen.reasons);
    },
  };
}

async function start(
  id: string,
  kind: EngineKind,
  { tf, device, fallback }: Found,
  { threads }: BackendOptions,
  reasons: readonly string[],
): Promise<Backend> {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > 1024)) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The number of threads must be a whole number from 1 to 1024, got ${threads}`,
      where: 'threads',
    });
  }
  const engine = await runEngine(tf, kind, { threads }).catch((cause: unknown) => {
    throw engineError(cause, kind.package, 'starting the engine');
  });
  try {
    const { backend } = await engine.current();
    const { notes, ...description } = kind.describe(tf, backend, { threads });
    const unheard =
      threads === undefined || description.threads === threads ? [] : [`${threads} threads were asked for.`];
    const environment = { device, fallback, ...description, notes: [...reasons, ...notes, ...unheard] };
    return createBackend({ id, engine, environment });
  } catch (cause) {
    await engine.release();
    throw engineError(cause, kind.package, 'starting the engine');
  }
}

function availabilityOf(found: Found | Missing, kind: EngineKind): Availability {
  if ('missing' in found) return { available: false, detail: found.missing, fix: found.fix };
  return {
    available: true,
    fallback: found.fallback,
    detail: `${kind.package} ${found.tf.version_core}, ${found.device}`,
  };
}

function missingError({ missing: message, fix }: Missing): AlexNetError {
  return new AlexNetError({ code: 'missing-dependency', message, fix });
}
