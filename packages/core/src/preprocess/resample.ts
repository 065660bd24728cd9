import type { Resampling, RgbaImage } from './preprocessing.ts';

/** A rectangle of a resized image. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** For each output position of one axis: the first input position, and the weights of it and those that follow. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];
}

/** Fixed point of Pillow's 8-bit resampling: 32 - 8 - 2 bits. */
const PILLOW_ONE = 1 << 22;

/**
 * Resizes an image to `width` x `height` and returns the RGB values of a region, interleaved, row by row: 3 * region pixels.
 * Only what the region needs is computed. `bilinear-antialias` gives whole numbers, the same as Pillow's; the others do not round.
 * All arithmetic is +, -, *, / and floor, so the result has the same bits in every engine.
 */
export function resizeRegion(
  image: RgbaImage,
  width: number,
  height: number,
  resampling: Resampling,
  region: Region,
): Float64Array {
  const rounding = resampling === 'bilinear-antialias';
  const across = taps(image.width, width, resampling, region.left, region.width);
  const down = taps(image.height, height, resampling, region.top, region.height);
  // horizontal pass, over the rows that the vertical pass reads
  const top = down.first[0]!;
  const rows = down.first[region.height - 1]! + down.weights[region.height - 1]!.length - top;
  const middle = new Float64Array(rows * region.width * 3);
  for (let r = 0; r < rows; r++) {
    const source = (top + r) * image.width * 4;
    for (let x = 0; x < region.width; x++) {
      const weights = across.weights[x]!;
      const from = source + across.first[x]! * 4;
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += image.data[from + 4 * i + c]! * weights[i]!;
        middle[(r * region.width + x) * 3 + c] = rounding ? toByte(sum) : sum;
      }
    }
  }
  // vertical pass
  const stride = region.width * 3;
  const out = new Float64Array(region.height * stride);
  for (let y = 0; y < region.height; y++) {
    const weights = down.weights[y]!;
    const from = (down.first[y]! - top) * stride;
    for (let x = 0; x < stride; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += middle[from + i * stride + x]! * weights[i]!;
      out[y * stride + x] = rounding ? toByte(sum) : sum;
    }
  }
  return out;
}

/** A fixed-point sum as Pillow's 8-bit value: rounded half up, clipped. */
function toByte(sum: number): number {
  return Math.min(255, Math.max(0, Math.floor((sum + PILLOW_ONE / 2) / PILLOW_ONE)));
}

function taps(size: number, resized: number, resampling: Resampling, from: number, count: number): Taps {
  const of = { 'bilinear-antialias': triangle, bilinear: halfPixel, 'bilinear-legacy': legacy }[resampling];
  const first = new Int32Array(count);
  const weights: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const [start, w] = of(from + i, size / resized, size);
    first[i] = start;
    weights.push(w);
  }
  return { first, weights };
}

/** Pillow's triangle filter, as wide as the reduction (Resample.c, precompute_coeffs), in units of 2^-22. */
function triangle(position: number, scale: number, size: number): [number, Float64Array] {
  const support = Math.max(scale, 1);
  const centre = (position + 0.5) * scale;
  const start = Math.max(0, Math.floor(centre - support + 0.5));
  const end = Math.min(size, Math.floor(centre + support + 0.5));
  const weights = Float64Array.from({ length: end - start }, (_, i) =>
    Math.max(0, 1 - Math.abs((i + start - centre + 0.5) * (1 / support))),
  );
  const sum = weights.reduce((total, w) => total + w, 0);
  return [start, weights.map((w) => Math.floor(0.5 + (w / sum) * PILLOW_ONE))];
}

/** Two neighbours of the half-pixel centre, clamped to the image. */
function halfPixel(position: number, scale: number, size: number): [number, Float64Array] {
  return neighbours((position + 0.5) * scale - 0.5, size);
}

/** Two neighbours of `position * scale`: the image moves up and left by up to half a pixel. */
function legacy(position: number, scale: number, size: number): [number, Float64Array] {
  return neighbours(position * scale, size);
}

function neighbours(at: number, size: number): [number, Float64Array] {
  const clamped = Math.min(size - 1, Math.max(0, at));
  const start = Math.floor(clamped);
  return start === size - 1
    ? [start, Float64Array.of(1)]
    : [start, Float64Array.of(1 - (clamped - start), clamped - start)];
}
