/** An image that a class is taught with. */
export interface LessonImage {
  readonly id: number;
  readonly name: string;
  readonly file: Blob;
  /** The address of a small square picture of it. */
  readonly thumbnail: string;
}

/** An image that could not be taken, and why. */
export interface Refusal {
  readonly name: string;
  readonly reason: string;
}

export interface TaughtClass {
  readonly id: number;
  readonly name: string;
  readonly images: readonly LessonImage[];
  /** Of the images that were given last. */
  readonly refused: readonly Refusal[];
  /** Images that are being read. */
  readonly reading: number;
}
