import type { Shipped } from '@alexnet/benchmark';

/** What an engine consists of; photographs and weights are not its own. */
const isEngine = /\.(m?js|wasm)(\?|$)/;

/**
 * What this worker has loaded since `began`, in milliseconds of its clock: of a worker with one backend, that backend.
 * Caches count as what they keep. Zeros where the browser does not tell.
 */
export function shippedSince(began: number, candidate: string): Shipped {
  const loaded = (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(
    ({ name, startTime }) => startTime >= began && isEngine.test(name),
  );
  const sum = (of: 'decodedBodySize' | 'encodedBodySize') => loaded.reduce((total, entry) => total + entry[of], 0);
  const [rawBytes, sent] = [sum('decodedBodySize'), sum('encodedBodySize')];
  return { candidate, rawBytes, ...(sent > 0 && sent < rawBytes ? { gzipBytes: sent } : {}) };
}
