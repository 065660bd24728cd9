import type { Shard } from '../../native/manifest.ts';

/** Where the files of one set of weights are. */
export interface Origin {
  /** For messages. */
  readonly name: string;
  /** Whether fetching costs: then shards are cached, and those that are damaged are fetched once more. */
  readonly remote: boolean;
  /** The bytes of `manifest.json`. Errors: `invalid-file`, `network`, `aborted`. */
  manifest(signal: AbortSignal | undefined): Promise<Uint8Array>;
  /** The bytes of a shard, as many as it should have, not verified. Errors: `invalid-file`, `network`, `aborted`. */
  shard(shard: Shard, request: ShardRequest): Promise<Uint8Array>;
  /** The name or address of a shard, for messages. */
  nameOf(shard: Shard): string;
}

export interface ShardRequest {
  /** Memory for the shard that may be used, of at least its size. */
  memory(): Uint8Array;
  /** Called with how many bytes there are. */
  onBytes(count: number): void;
  /** What came before was damaged: past every cache on the way. */
  readonly fresh: boolean;
  readonly signal: AbortSignal;
}
