/*
 * Augmentation as data: what is changed at random in a picture between its resize and the network's channel order, mean,
 * scale and deviation. Steps are applied in the order in which they are listed, on RGB values of 0-255.
 */

export type Augmentation =
  /**
   * A square of `size` pixels anywhere in the picture; it takes the place of the centre crop. `pad` adds pixels on all sides
   * first, as recipes for CIFAR do; default 0. `fill` is what they are: black (`constant`, the default), or the picture
   * mirrored at its outermost pixels (`reflect`).
   */
  | {
      readonly kind: 'random-crop';
      readonly size: number;
      readonly pad?: number;
      readonly fill?: 'constant' | 'reflect';
    }
  /**
   * Left to right swapped, with this probability; default 0.5. `alternating` draws once for two epochs: a picture that is
   * swapped in the first is not in the second, which then shows no picture as the first did (Jordan, arXiv 2404.00498, 2024).
   */
  | { readonly kind: 'flip'; readonly probability?: number; readonly alternating?: boolean }
  /**
   * The paper's colour noise: one colour is added to all pixels, along the principal components of ImageNet's colours.
   * `strength` is the standard deviation of the factors; the paper's is 0.1.
   */
  | { readonly kind: 'colour-pca'; readonly strength: number }
  /** Rotation, shift, shear and zoom in one resampling, bilinear, as Keras composes them. */
  | {
      readonly kind: 'affine';
      /** Largest angle, in degrees, either way. */
      readonly rotation?: number;
      /** Largest shift down and across, as a fraction of height and width, either way. */
      readonly shift?: readonly [height: number, width: number];
      /** Largest shear angle, in degrees, either way: Keras' unit since 2.1.3 (before, it was radians). */
      readonly shear?: number;
      /** Height and width are scaled apart by 1 - zoom to 1 + zoom. */
      readonly zoom?: number;
      /** What lies outside of the picture: its nearest pixel, or black. */
      readonly fill: 'nearest' | 'constant';
    }
  /** A square of `size` pixels anywhere, cut at the borders, becomes mid-grey (DeVries and Taylor 2017). */
  | { readonly kind: 'cutout'; readonly size: number };

/** Which picture of a run: all that random numbers depend on, so that neither workers nor order change a result. */
export interface Sample {
  /** An unsigned 32-bit integer. */
  readonly seed: number;
  readonly epoch: number;
  /** Of the picture in its set. */
  readonly index: number;
}
