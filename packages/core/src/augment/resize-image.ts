import { checkImage } from '../preprocess/checks.ts';
import type { Resize, RgbaImage } from '../preprocess/preprocessing.ts';
import { pixelsOf, resizedPicture } from './picture.ts';

/** 8-bit pixels, row by row, three bytes each. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * A whole image after the resize, rounded to 8 bits: what `bilinear-antialias` gives in any case; the others lose up to half
 * a level. Errors: `invalid-input` for an image that is empty, or of more than 64 million pixels when resized.
 */
export function resizeImage(image: RgbaImage, resize: Resize | undefined): RgbImage {
  checkImage(image);
  const picture = resizedPicture(image, resize);
  const { width, height } = picture;
  const pixels = pixelsOf(picture);
  const data = new Uint8Array(pixels.length);
  for (let i = 0; i < data.length; i++) data[i] = Math.floor(pixels[i]! + 0.5);
  return { width, height, data };
}
