import type { AlexNetError } from '../../error.ts';
import type { WeightCache } from '../cache/weight-cache.ts';
import type { NetworkOptions } from './http/network-options.ts';

export interface LoadOptions extends NetworkOptions {
  /** Where shards from the network are kept for the next time. Default: nowhere. */
  readonly cache?: WeightCache | undefined;
  /** Ends everything at once: also every later read. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** What does not stop the load: a cache that is full, damaged or missing. */
  readonly onWarning?: ((warning: AlexNetError) => void) | undefined;
  /** Shards that are fetched at the same time. Default 4; fewer where `memory` allows no more. */
  readonly concurrency?: number | undefined;
  /** Bytes of shards that are in memory at the same time, whether coming, waiting for their reader or being written to the cache. Default 8 MB; never less than one shard. */
  readonly memory?: number | undefined;
}

/** In bytes of payload: what headers and compression cost or save on the way is not counted. */
export interface LoadProgress {
  /** What is there, and `total` when every shard was there once; what comes a second time is not counted again. */
  readonly loaded: number;
  /** Of all shards. */
  readonly total: number;
  /** The part of `loaded` that came out of the cache. */
  readonly cached: number;
  /** The file of which there is more than before. */
  readonly shard: string;
}

export const DEFAULT_CONCURRENCY = 4;
export const DEFAULT_MEMORY = 8_000_000;
