import { AlexNetError } from '../error.ts';
import type { Availability, BackendProvider } from './backend.ts';

/** An ordered, immutable set of backend providers. */
export interface Registry {
  readonly providers: readonly BackendProvider[];
  /** Errors: `unknown-name`, listing the ids that exist. */
  get(id: string): BackendProvider;
  /** Probes every provider; a probe that throws (it must not) counts as unavailable, with its message. */
  probe(): Promise<readonly { readonly provider: BackendProvider; readonly availability: Availability }[]>;
}

/** Errors: `invalid-input` when two providers share an id. */
export function createRegistry(providers: readonly BackendProvider[]): Registry {
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  if (byId.size !== providers.length) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `Two backend providers share an id: ${providers.map((p) => p.id).join(', ')}`,
    });
  }
  return {
    providers,
    get(id) {
      const provider = byId.get(id);
      if (provider !== undefined) return provider;
      throw new AlexNetError({
        code: 'unknown-name',
        message: `There is no backend called ${JSON.stringify(id)}`,
        fix: `Choose from ${[...byId.keys()].join(', ')}.`,
      });
    },
    probe: () => Promise.all(providers.map(async (provider) => ({ provider, availability: await safely(provider) }))),
  };
}

async function safely(provider: BackendProvider): Promise<Availability> {
  try {
    return await provider.probe();
  } catch (error) {
    return { available: false, detail: `The probe failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}
