import { resizedSize } from '../preprocess/crops.ts';
import type { Resize, RgbaImage } from '../preprocess/preprocessing.ts';
import { type Region, resizeRegion } from '../preprocess/resample.ts';
import { invalid } from './check.ts';

/** 64 million: of a long image whose short side grows, all pixels could take any amount of memory. */
const MOST_PIXELS = 1 << 26;

/** A picture whose pixels are computed where they are asked for: a crop pays for what it covers. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Interleaved RGB, 0-255, row by row. The caller may write to it, and asks once. */
  region(region: Region): Float64Array;
}

/** An image as it is after the resize. */
export function resizedPicture(image: RgbaImage, resize: Resize | undefined): Picture {
  if (resize === undefined) {
    return { width: image.width, height: image.height, region: (region) => copyOf(image, 4, region) };
  }
  const { width, height } = resizedSize(image, resize);
  return { width, height, region: (region) => resizeRegion(image, width, height, resize.resampling, region) };
}

/** Takes over the pixels: asked for all of them, it hands them on without a copy. */
export function pictureOf(width: number, height: number, data: Float64Array): Picture {
  const isAll = (region: Region) => region.width === width && region.height === height;
  return { width, height, region: (region) => (isAll(region) ? data : copyOf({ width, data }, 3, region)) };
}

/** All pixels of a picture. Errors: `invalid-input` for more than 64 million. */
export function pixelsOf({ width, height, region }: Picture): Float64Array {
  if (width * height > MOST_PIXELS) {
    throw invalid(`An image that becomes ${width}x${height} pixels is too large`, 'augment', 'Cut it first.');
  }
  return region({ left: 0, top: 0, width, height });
}

/** RGB of a region of pixels that are `step` values apart. */
function copyOf(
  { width, data }: { readonly width: number; readonly data: ArrayLike<number> },
  step: 3 | 4,
  region: Region,
): Float64Array {
  const out = new Float64Array(region.width * region.height * 3);
  let to = 0;
  for (let y = region.top; y < region.top + region.height; y++) {
    let from = (y * width + region.left) * step;
    for (let x = 0; x < region.width; x++, from += step, to += 3) {
      out[to] = data[from]!;
      out[to + 1] = data[from + 1]!;
      out[to + 2] = data[from + 2]!;
    }
  }
  return out;
}
