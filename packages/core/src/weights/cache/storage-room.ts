import { noRoom } from './weight-cache.ts';

/**
 * Checks that a browser's quota has room for so many bytes more. Browsers estimate, and some not at all: then writing shows it.
 * Errors: `out-of-memory`.
 */
export async function checkQuota(cache: string, bytes: number): Promise<void> {
  const { quota, usage } = (await globalThis.navigator?.storage?.estimate?.().catch(() => undefined)) ?? {};
  if (quota === undefined || usage === undefined) return;
  if (quota - usage < bytes) throw noRoom(cache, bytes, Math.max(0, quota - usage));
}

/** What a browser throws when the quota is used up, as `out-of-memory`; anything else as it is. */
export function asNoRoom(cache: string, bytes: number, error: unknown): unknown {
  const { name } = (error ?? {}) as { readonly name?: string };
  return name === 'QuotaExceededError' ? noRoom(cache, bytes, undefined, error) : error;
}
