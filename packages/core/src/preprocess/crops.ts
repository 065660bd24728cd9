import type { Crop, Resize } from './preprocessing.ts';
import type { Region } from './resample.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size of an image after resizing; the long side is rounded down, as torchvision does. */
export function resizedSize({ width, height }: Size, resize: Resize | undefined): Size {
  if (resize === undefined) return { width, height };
  const { mode, size } = resize;
  if (mode === 'warp') return { width: size, height: size };
  return width <= height
    ? { width: size, height: Math.floor((size * height) / width) }
    : { width: Math.floor((size * width) / height), height: size };
}

/** The regions that a crop takes of an image, without the mirrored ones. The image must be at least as large as the crop. */
export function cropRegions({ width, height }: Size, { mode, size }: Crop): Region[] {
  const middle = centred({ width, height }, size);
  if (mode === 'centre') return [middle];
  const at = (left: number, top: number): Region => ({ left, top, width: size, height: size });
  const [right, bottom] = [width - size, height - size];
  return [at(0, 0), at(right, 0), at(0, bottom), at(right, bottom), middle];
}

/** The square in the middle, of `size` pixels. */
export function centred({ width, height }: Size, size: number): Region {
  return { left: halfToEven(width - size), top: halfToEven(height - size), width: size, height: size };
}

/** n / 2, halves to the even neighbour: what Caffe (14.5 to 14) and torchvision (Python's round) both do. */
function halfToEven(n: number): number {
  const half = Math.floor(n / 2);
  return n % 2 === 1 && half % 2 === 1 ? half + 1 : half;
}

/** Interleaved RGB of a square of `size` pixels, left to right swapped. */
export function mirrored(rgb: Float64Array, size: number): Float64Array {
  const out = new Float64Array(rgb.length);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const column = pixel % size;
    const from = 3 * (pixel - column + (size - 1 - column));
    for (let c = 0; c < 3; c++) out[3 * pixel + c] = rgb[from + c]!;
  }
  return out;
}
