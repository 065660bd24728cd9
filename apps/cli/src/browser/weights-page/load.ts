import type { AlexNetError } from '@alexnet/core';
import {
  cacheApiCache,
  type LoadOptions,
  loadWeights,
  opfsCache,
  type WeightCache,
  type WeightsLocation,
} from '@alexnet/core/files';

/*
 * What pages and workers do alike. Everything that goes in and out is plain data.
 */

export type CacheKind = 'cacheApi' | 'opfs';

export interface Loaded {
  /** Of all values: another one for other weights. */
  readonly sum: number;
  readonly loaded: number;
  readonly cached: number;
  readonly warnings: readonly string[];
}

export const cacheOf = (kind: CacheKind): WeightCache => (kind === 'opfs' ? opfsCache() : cacheApiCache());

export async function load(location: WeightsLocation, kind?: CacheKind, options: LoadOptions = {}): Promise<Loaded> {
  const warnings: AlexNetError[] = [];
  let last = { loaded: 0, cached: 0 };
  const { weights } = await loadWeights(location, {
    ...options,
    cache: kind === undefined ? undefined : cacheOf(kind),
    onWarning: (warning) => warnings.push(warning),
    onProgress: (progress) => {
      last = progress;
    },
  });
  const sum = [...weights.values()].reduce((total, { data }) => data.reduce((a, b) => a * 0.999 + b, total), 0);
  const { loaded, cached } = last;
  return { sum, loaded, cached, warnings: warnings.map(({ code, message }) => `${code}: ${message}`) };
}
