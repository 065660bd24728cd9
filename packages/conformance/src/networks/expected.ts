import type { Float64Tensor } from '@alexnet/core';
import type { Allowed } from '../numerics/tolerance.ts';

/** One layer on one image: what the oracle computes from the float32 values of the layers before. */
export interface ExpectedLayer {
  readonly want: Float64Tensor;
  readonly allowed: Allowed;
  /** The relative error, in the 2-norm, that an ordinary float32 kernel adds in this layer (see `noise.ts`). */
  readonly noise: number;
}

/** The layers of one network on one image, by node. */
export type ExpectedLayers = ReadonlyMap<string, ExpectedLayer>;

/** What the oracle expects of a network on each of its images: by image, by node. */
export type Expected = ReadonlyMap<string, ExpectedLayers>;
