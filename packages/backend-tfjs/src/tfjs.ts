import type * as core from '@tensorflow/tfjs-core';

/** TensorFlow.js, from whichever of its packages. */
export type Tfjs = typeof core;

/**
 * What a caller hands in: `import * as tf` of `@tensorflow/tfjs`, `@tensorflow/tfjs-core` or `@tensorflow/tfjs-node`. Written out so that
 * none of them needs to be installed for the types.
 */
export interface TfjsModule {
  engine(): object;
  findBackendFactory(name: string): unknown;
  readonly version_core?: unknown;
}
