import type { Shape, Tensor } from '../tensor.ts';

/*
 * Preprocessing as data: what a network expects of its input, from 8-bit RGBA pixels to an NCHW tensor.
 * The steps run in the order of the fields. All arithmetic is float64 +, -, *, / and floor, and one rounding to float32 at
 * the end: the same bits in every engine.
 */

/**
 * How pixels between pixels are made. All are separable; they differ in where a sample lies, in what is averaged, and in
 * whether the result is rounded to 8 bits again.
 */
export type Resampling =
  /** Pillow's (and torchvision's) bilinear: the triangle widens when shrinking, so nothing is skipped. Rounds to 8 bits after each pass. */
  | 'bilinear-antialias'
  /** OpenCV's (on floats) and TensorFlow 2's bilinear: two neighbours at half-pixel centres, even when shrinking. Not rounded. */
  | 'bilinear'
  /** TensorFlow 1's `resize_images`: two neighbours at `index * scale`, without half-pixel centres. Not rounded. */
  | 'bilinear-legacy';

export type Resize =
  /** The short side becomes `size`; the long side keeps the aspect, rounded down. */
  | { readonly mode: 'short-side'; readonly size: number; readonly resampling: Resampling }
  /** Both sides become `size`; the aspect is lost. */
  | { readonly mode: 'warp'; readonly size: number; readonly resampling: Resampling };

export type Crop =
  | { readonly mode: 'centre'; readonly size: number }
  /** Top left, top right, bottom left, bottom right, centre; then the five mirrored left to right. */
  | { readonly mode: 'ten'; readonly size: number };

export type Mean =
  /** One value per channel, in the network's channel order, before scaling. */
  | { readonly kind: 'channel'; readonly values: readonly number[] }
  /** The mean over all pixels and channels of this very image, after cropping. */
  | { readonly kind: 'own-scalar' }
  /** A mean image [channels, h, w] in the network's channel order; its centre is used, for every crop, where it is larger. */
  | { readonly kind: 'image'; readonly image: Tensor };

export interface Preprocessing {
  /** Left out: the image must already have the size of the crop, or be larger. */
  readonly resize?: Resize;
  readonly crop: Crop;
  /** `grey` is one channel: the ITU-R BT.601 luma, 0.299 R + 0.587 G + 0.114 B. */
  readonly channels: 'RGB' | 'BGR' | 'grey';
  /** Subtracted from 0-255 values. */
  readonly mean?: Mean;
  /** Multiplies what is left, e.g. 1/255. Default 1. */
  readonly scale?: number;
  /** Divides per channel, in the network's channel order, after scaling. */
  readonly deviation?: readonly number[];
}

/** 8-bit pixels, row by row, four bytes each. Alpha is ignored, as every published implementation does. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

export function channelCount(channels: Preprocessing['channels']): number {
  return channels === 'grey' ? 1 : 3;
}

/** Shape of what preprocessing returns: one image, or ten crops. */
export function preprocessedShape({ crop, channels }: Preprocessing): Shape {
  return [crop.mode === 'ten' ? 10 : 1, channelCount(channels), crop.size, crop.size];
}
