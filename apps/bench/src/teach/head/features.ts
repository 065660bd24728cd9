/** What a network makes of labelled images, at the value that its head reads. */
export interface Features {
  /** [images, views, size]. */
  readonly data: Float32Array;
  readonly size: number;
  /** Of each image: itself and its mirror image; or the ten crops. All are learned from. */
  readonly views: number;
  /** The first of these are what the network sees when it classifies. */
  readonly seen: number;
  /** The class of each image. */
  readonly labels: readonly number[];
}
