import { AlexNetError } from '../../../error.ts';
import type { WeightCache } from '../../cache/weight-cache.ts';

/** A cache that cannot make a load fail: what goes wrong is a warning, and after the first failure of a kind it is left alone. */
export interface CacheUse {
  get(key: string, room: () => Uint8Array): Promise<Uint8Array | undefined>;
  /** Never rejects. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Forgets what turned out to be damaged. */
  drop(key: string, file: string): Promise<void>;
}

export function useCache(
  cache: WeightCache | undefined,
  onWarning: (warning: AlexNetError) => void = () => undefined,
): CacheUse {
  let reads = cache !== undefined;
  let writes = cache !== undefined;
  const warn = (message: string, cause: unknown): void => {
    const isFull = cause instanceof AlexNetError && cause.code === 'out-of-memory';
    const reason = cause instanceof Error ? `: ${cause.message.replace(/\.$/, '')}` : '';
    const details = { code: 'backend-failure', message: message + reason, where: 'cache', cause } as const;
    onWarning(isFull ? cause : new AlexNetError(details));
  };
  return {
    async get(key, room) {
      if (!reads) return undefined;
      try {
        return await cache!.get(key, room);
      } catch (error) {
        if (reads) warn('The cache cannot be read, so the files are fetched', error);
        reads = false;
        return undefined;
      }
    },
    async put(key, bytes) {
      if (!writes) return;
      try {
        await cache!.put(key, bytes);
      } catch (error) {
        if (writes) warn('The cache cannot be written, so the files are fetched again next time', error);
        writes = false;
      }
    },
    async drop(key, file) {
      warn(`The cache has a damaged copy of ${file}, which is fetched anew`, undefined);
      await cache!.delete(key).catch(() => undefined); // put replaces it, too
    },
  };
}
