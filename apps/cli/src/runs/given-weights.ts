import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Delivery, GivenWeights } from '@alexnet/benchmark';
import { AlexNetError, collectWeights, type ManifestDimensions } from '@alexnet/core';
import { fileCache, memoryCache, openWeights, type WeightCache } from '@alexnet/core/files';
import { locate } from '../weights/locate.ts';

/** Native weights to time a network with, and which network that is. Dispose of them to empty their cache. */
export interface NativeWeights extends GivenWeights, AsyncDisposable {
  readonly variant: string;
  readonly dimensions: ManifestDimensions;
}

/**
 * Loads native weights for a benchmark. From an address they come over the network and, later, from caches of their own, on disk and in memory; from a
 * folder as they are.
 * Errors: `invalid-input` for what is not in the native format; those of `openWeights`.
 */
export async function givenWeights(source: string, signal: AbortSignal): Promise<NativeWeights> {
  const found = await locate(source);
  if (found.kind !== 'native')
    throw new AlexNetError({
      code: 'invalid-input',
      message: `bench takes native weights, which ${source} is not`,
      where: 'option --weights',
      fix: `Make them: alexnet convert ${source} weights-folder. Without --weights they are generated.`,
    });
  const { location } = found;
  await using opened = await openWeights(location, { signal });
  if (opened.manifest === undefined)
    throw new AlexNetError({ code: 'invalid-file', message: `${source} has no manifest`, where: 'option --weights' });
  const { variant, dimensions } = opened.manifest;
  const weights = await collectWeights(opened, { signal });
  if (!/^https?:/i.test(location)) {
    const folder: Delivery = { from: 'folder', open: () => openWeights(location, { signal }) };
    return { variant, dimensions, weights, deliveries: [folder], async [Symbol.asyncDispose]() {} };
  }
  const kept = await mkdtemp(join(tmpdir(), 'alexnet-bench-'));
  const emptied = () => rm(kept, { recursive: true, force: true });
  const filled = async (cache: WeightCache) => {
    await using filling = await openWeights(location, { signal, cache });
    await collectWeights(filling, { signal });
    return () => openWeights(location, { signal, cache });
  };
  try {
    const deliveries: Delivery[] = [
      { from: 'network', open: () => openWeights(location, { signal }) },
      { from: 'cache', open: await filled(fileCache(kept)) },
      { from: 'memory', open: await filled(memoryCache()) },
    ];
    return { variant, dimensions, weights, deliveries, [Symbol.asyncDispose]: emptied };
  } catch (error) {
    await emptied();
    throw error;
  }
}
