import { checkKey, type WeightCache } from './weight-cache.ts';

/** A cache that lives as long as the program: for tests, and for loading the same weights into several backends. */
export function memoryCache(): WeightCache {
  const kept = new Map<string, Uint8Array>();
  return {
    async get(key) {
      checkKey(key);
      return kept.get(key);
    },
    async put(key, bytes) {
      checkKey(key);
      kept.set(key, new Uint8Array(bytes)); // not slice(): of Node's Buffer that is a view
    },
    async delete(key) {
      checkKey(key);
      kept.delete(key);
    },
  };
}
