/** One picture and the class that it shows. */
export interface ImageItem {
  readonly path: string;
  /** Index into the set's classes. */
  readonly label: number;
}

/** A labelled set of images, as plain data: names, no pixels. A million images take some 200 MB. */
export interface ImageSet {
  readonly classes: readonly string[];
  readonly items: readonly ImageItem[];
}

/** What was left out, and why, as a sentence for people. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** A set, and what was found beside it that is none of its images. */
export interface OpenedSet extends ImageSet {
  readonly ignored: readonly Skipped[];
}
