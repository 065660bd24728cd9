import type { Resize } from '@alexnet/core';
import type { ImageItem, ImageSet } from '../sets/image-set.ts';

/** Where a pack has the pixels of an image, or why it has none. */
export type Stored =
  | { readonly offset: number; readonly width: number; readonly height: number }
  | { readonly reason: string };

export interface PackedItem extends ImageItem {
  readonly stored: Stored;
}

/** A set whose images are decoded and resized already, in one file. */
export interface PackedSet extends ImageSet {
  readonly items: readonly PackedItem[];
  readonly pack: {
    readonly file: string;
    /** SHA-256 of what it was made from: names, sizes and times of the images, classes and resize. */
    readonly id: string;
    /** What was done to the images; undefined when they are as large as in their files. */
    readonly resize: Resize | undefined;
  };
}

export function isPacked(set: ImageSet): set is PackedSet {
  return 'pack' in set;
}
