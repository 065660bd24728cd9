import { AlexNetError } from '../error.ts';
import type { Availability, BackendProvider } from './backend.ts';
import type { Registry } from './registry.ts';

export interface Probed {
  readonly provider: BackendProvider;
  readonly availability: Availability;
}

/**
 * The backends that were asked for, or all that are available here and are no slow substitute, such as software instead of a GPU.
 * `note` hears of the substitutes. Errors: `unknown-name`; `missing-dependency` when a backend that was asked for is not available, with what to do about it.
 */
export async function chooseFrom(
  registry: Registry,
  wanted: readonly string[] | undefined,
  note: (text: string) => void = () => {},
): Promise<Probed[]> {
  const names = new Set(wanted?.map((id) => registry.get(id).id));
  const probed = (await registry.probe()).filter(({ provider }) => wanted === undefined || names.has(provider.id));
  if (wanted === undefined) {
    const here = probed.filter(({ availability }) => availability.available);
    for (const { provider, availability } of here) {
      if (availability.fallback !== true) continue;
      note(`${provider.id} is left out: ${availability.detail}. --backend ${provider.id} runs it.`);
    }
    return here.filter(({ availability }) => availability.fallback !== true);
  }
  const missing = probed.find(({ availability }) => !availability.available);
  if (missing === undefined) return probed;
  const { detail, fix } = missing.availability;
  throw new AlexNetError({
    code: 'missing-dependency',
    message: `The backend ${missing.provider.id} is not available here: ${detail}`,
    ...(fix === undefined ? {} : { fix }),
  });
}
