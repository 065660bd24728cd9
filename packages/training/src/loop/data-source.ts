import type { Tensor } from '@alexnet/core';

/** An image that could not be used, and why, as a sentence for people. */
export interface SkippedImage {
  readonly path: string;
  readonly reason: string;
}

export interface DataBatch {
  /** N images, or N times as many crops, those of an image together. */
  readonly images: Tensor;
  /** Class of each of the N images. */
  readonly labels: ArrayLike<number>;
  /** Images that cannot be read: the batch is smaller by them, in the worst case empty. */
  readonly skipped: readonly SkippedImage[];
}

export interface BatchesOptions {
  /** Counted from 0: order and augmentation are a function of it. */
  readonly epoch: number;
  /** The first batch to give. The others must be as if all had been given. */
  readonly from: number;
  readonly batchSize: number;
  readonly signal?: AbortSignal;
}

/** A labelled set, wherever its images are. `loadBatches` of `@alexnet/image` gives batches in Node. */
export interface DataSource {
  /** Names, by label. */
  readonly classes: readonly string[];
  /** Images of one epoch. The last batch has what is left of them. */
  readonly size: number;
  batches(options: BatchesOptions): AsyncIterable<DataBatch>;
}
