import type { Shard } from '../native/manifest.ts';
import type { LoadOptions } from './load-options.ts';

/** Adds up what has come of each shard. A shard that comes again does not count again. */
export function progressOf(shards: readonly Shard[], onProgress: LoadOptions['onProgress']) {
  const total = shards.reduce((sum, { bytes }) => sum + bytes, 0);
  const counts = new Map<Shard, number>();
  let loaded = 0;
  let cached = 0;
  return (shard: Shard, count: number, fromCache: boolean): void => {
    const more = count - (counts.get(shard) ?? 0);
    if (more <= 0) return;
    counts.set(shard, count);
    loaded += more;
    if (fromCache) cached += more;
    onProgress?.({ loaded, total, cached, shard: shard.file });
  };
}
