import { throwIfAborted } from '../../error.ts';
import type { Weights } from '../../tensor.ts';
import type { Manifest } from '../native/manifest.ts';
import { parseManifest } from '../native/parse-manifest.ts';
import { collectWeights } from '../read-weights.ts';
import { networkOf } from './http/network-options.ts';
import type { LoadOptions } from './load-options.ts';
import { resolveLocation, type WeightsLocation } from './location.ts';
import { nativeSource } from './native-source.ts';
import type { OpenedWeights } from './opened-weights.ts';
import { safetensorsSource } from './safetensors-source.ts';

/**
 * Opens weights, wherever they are; a backend compiles from what it gives back. Only the manifest is read at once. The first `read`
 * begins to bring the shards, from the one that it needs on and in the order in which a network needs them, so that the first layers
 * are on the device while later ones are on their way. Every shard is verified before anybody gets a byte of it.
 *
 * Each part of a parameter is meant to be read once: a shard that was read to its end is dropped, and brought again if it is read again.
 *
 * Errors: `network` (a server or the way to it), `invalid-file` (damaged, missing, not weights), `invalid-input` (no location),
 * `unsupported` (no files or no Web Crypto here), `aborted`.
 */
export async function openWeights(location: WeightsLocation, options: LoadOptions = {}): Promise<OpenedWeights> {
  const { signal } = options;
  throwIfAborted(signal, 'openWeights');
  const resolved = await resolveLocation(location, networkOf(options));
  if (resolved.kind === 'native') {
    const manifest = parseManifest(await resolved.origin.manifest(signal));
    return nativeSource(manifest, resolved.origin, options);
  }
  try {
    return await safetensorsSource(resolved.source, signal);
  } catch (error) {
    await resolved.source[Symbol.asyncDispose]?.();
    throw error;
  }
}

export interface LoadedWeights {
  /** As float32, whatever their precision in the files. */
  readonly weights: Weights;
  /** Undefined for a safetensors file alone. */
  readonly manifest: Manifest | undefined;
}

/** Loads all weights into memory, as float32. Errors: those of `openWeights`. */
export async function loadWeights(location: WeightsLocation, options: LoadOptions = {}): Promise<LoadedWeights> {
  await using opened = await openWeights(location, options);
  const weights = await collectWeights(opened, { signal: options.signal });
  return { weights, manifest: opened.manifest };
}
