import { asNoRoom, checkQuota } from './storage-room.ts';
import { checkKey, noSuchCache, type WeightCache } from './weight-cache.ts';

/** An origin that cannot exist (RFC 2606): these addresses are names, nobody asks for them. */
const NAMES = 'https://alexnet-weights.invalid/';

/**
 * A cache in the Cache API of browsers, which pages, workers and service workers of an origin share. A put is atomic.
 * There is none in pages that are neither `https:` nor local: `unsupported`. Errors of put: `out-of-memory` when the quota is used up.
 */
export function cacheApiCache(name = 'alexnet-weights'): WeightCache {
  const open = async (key: string): Promise<{ cache: Cache; url: string }> => {
    checkKey(key);
    const { caches } = globalThis as { readonly caches?: CacheStorage };
    if (caches === undefined) throw noSuchCache('Cache API', 'Serve the page over https, or use another cache.');
    return { cache: await caches.open(name), url: NAMES + key };
  };
  return {
    async get(key) {
      const { cache, url } = await open(key);
      const response = await cache.match(url);
      return response === undefined ? undefined : new Uint8Array(await response.arrayBuffer());
    },
    async put(key, bytes) {
      const { cache, url } = await open(key);
      await checkQuota(name, bytes.length);
      const headers = { 'content-type': 'application/octet-stream', 'content-length': String(bytes.length) };
      try {
        await cache.put(url, new Response(bytes as Uint8Array<ArrayBuffer>, { headers }));
      } catch (error) {
        throw asNoRoom(name, bytes.length, error);
      }
    },
    async delete(key) {
      const { cache, url } = await open(key);
      await cache.delete(url);
    },
  };
}
