import type { Augmentation, Preprocessing, Resize } from '@alexnet/core';
import type { Stored } from '../pack/packed-set.ts';
import type { Skipped } from '../sets/image-set.ts';

/*
 * What goes to worker threads and comes back: plain data, buffers transferred.
 */

/** What a worker is for; it gets this once. */
export type Setup =
  | {
      readonly kind: 'batches';
      readonly preprocessing: Preprocessing;
      /** Undefined for evaluation. */
      readonly augmentation: readonly Augmentation[] | undefined;
      readonly seed: number;
      readonly epoch: number;
      /** Where pixels come from, when they do not come from image files. */
      readonly pack: { readonly file: string; readonly id: string } | undefined;
    }
  | { readonly kind: 'pixels'; readonly resize: Resize | undefined };

export interface BatchJob {
  readonly images: readonly {
    /** In the set: what its random numbers depend on. */
    readonly index: number;
    readonly path: string;
    readonly stored?: Stored;
  }[];
}

export interface MadeBatch {
  /** Of the images that were kept, one after the other. */
  readonly data: Float32Array<ArrayBuffer>;
  /** Positions in the job. */
  readonly kept: readonly number[];
  readonly skipped: readonly Skipped[];
}

export interface PixelsJob {
  readonly paths: readonly string[];
}

/** RGB of images, or why there is none. */
export type Pixels =
  | { readonly width: number; readonly height: number; readonly data: Uint8Array<ArrayBuffer> }
  | { readonly reason: string };

/** What a worker answers. */
export type Reply =
  | { readonly done: unknown }
  | { readonly error: { readonly code: string; readonly message: string } };

/** What a worker is told. */
export type Order = { readonly job: unknown } | 'stop';
