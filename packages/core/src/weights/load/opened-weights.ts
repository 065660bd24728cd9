import type { Manifest } from '../native/manifest.ts';
import type { WeightSource } from '../weight-source.ts';

/** Weights that are open: nothing of them need be in memory yet. Dispose of them to end what is under way. */
export interface OpenedWeights extends WeightSource, AsyncDisposable {
  /** What is known of them; undefined for a safetensors file alone. */
  readonly manifest: Manifest | undefined;
  /** What loading all of them takes, without the manifest. */
  readonly bytes: number;
}
