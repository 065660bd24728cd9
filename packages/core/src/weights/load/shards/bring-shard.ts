import { AlexNetError, throwIfAborted } from '../../../error.ts';
import type { Turns } from '../../../turns.ts';
import { cacheKey } from '../../cache/weight-cache.ts';
import type { Shard } from '../../native/manifest.ts';
import { sha256Hex } from '../../sha256.ts';
import type { Origin } from '../origins/origin.ts';
import type { CacheUse } from './cache-use.ts';

export interface BringContext {
  readonly origin: Origin;
  readonly cache: CacheUse;
  /** Called with how many of the shard's bytes there are. */
  readonly onBytes: (shard: Shard, count: number, cached: boolean) => void;
  /** Runs one after the other: hashing copies what it hashes. */
  readonly inTurn: Turns;
}

/** A shard, verified. */
export interface Brought {
  readonly bytes: Uint8Array;
  /** Settles, and never fails, when the cache has its copy, until when the bytes must not change. */
  readonly kept: Promise<void>;
}

/**
 * Brings a shard: from the cache, else from where it is. Nobody gets bytes whose hash is not that of the manifest; from the
 * network they are asked for a second time then, past the caches on the way.
 * Errors: `invalid-file`, with both hashes; `network`; `aborted`; `unsupported` without Web Crypto.
 */
export async function bringShard(
  shard: Shard,
  memory: () => Uint8Array,
  signal: AbortSignal,
  { origin, cache, onBytes, inTurn }: BringContext,
): Promise<Brought> {
  const key = cacheKey(shard.sha256);
  const where = origin.nameOf(shard);
  const wrongHash = async (bytes: Uint8Array): Promise<string | undefined> => {
    const hash = await inTurn(() => sha256Hex(bytes));
    throwIfAborted(signal, where);
    return hash === shard.sha256 ? undefined : hash;
  };

  const known = await cache.get(key, memory);
  throwIfAborted(signal, where);
  if (known !== undefined) {
    if (known.length === shard.bytes && (await wrongHash(known)) === undefined) {
      onBytes(shard, shard.bytes, true);
      return { bytes: known, kept: Promise.resolve() };
    }
    await cache.drop(key, shard.file);
  }

  const fetchOnce = async (fresh: boolean): Promise<Brought> => {
    const request = { memory, signal, fresh, onBytes: (count: number) => onBytes(shard, count, false) };
    const bytes = await origin.shard(shard, request);
    const hash = await wrongHash(bytes);
    if (hash === undefined) return { bytes, kept: cache.put(key, bytes) };
    throw new AlexNetError({
      code: 'invalid-file',
      message: `The shard ${shard.file} is damaged: its SHA-256 is ${hash}, and by the manifest ${shard.sha256}`,
      where,
      fix: 'Get the files again from their source; manifest and shards must be of the same making.',
    });
  };
  try {
    return await fetchOnce(false);
  } catch (error) {
    const damaged = error instanceof AlexNetError && error.code === 'invalid-file';
    if (!damaged || !origin.remote) throw error;
    return fetchOnce(true);
  }
}
