import { stat } from 'node:fs/promises';
import type { Augmentation, Preprocessing } from '@alexnet/core';
import {
  type ImageSet,
  loadBatches,
  type OpenedSet,
  openImageFolder,
  openImageList,
  type PackedSet,
} from '@alexnet/image';
import type { DataSource } from '@alexnet/training';

/** A folder with a folder of images per class, or a text file with `path label` lines. Errors: `invalid-file`, `invalid-input`, `aborted`. */
export async function openSet(
  path: string,
  options: { readonly classes?: readonly string[]; readonly signal: AbortSignal },
): Promise<OpenedSet> {
  return (await isFile(path)) ? openImageList(path, options) : openImageFolder(path, options);
}

/** Of what is not there, opening says so. */
export function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

export interface SourceOptions {
  readonly preprocessing: Preprocessing;
  /** For training; left out, images come in the order of the set, with the crop of the preprocessing. */
  readonly augmentation?: readonly Augmentation[];
  readonly seed?: number;
}

/** A set of images as a training reads it, decoded and augmented in worker threads. */
export function sourceOf(set: ImageSet | PackedSet, options: SourceOptions): DataSource {
  return {
    classes: set.classes,
    size: set.items.length,
    batches: ({ epoch, from, batchSize, signal }) =>
      loadBatches(set, { ...options, epoch, from, batchSize, ...(signal && { signal }) }),
  };
}
