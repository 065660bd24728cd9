import type { Resampling, RgbaImage } from './preprocessing.ts';
import { type Taps, taps, UNIT } from './taps.ts';

/** A rectangle of a resized image. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Resizes an image to `width` x `height` and returns the RGB values of a region, interleaved, row by row: 3 * region pixels.
 * Only what the region needs is computed, from one source row at a time: beside its result it needs one row, and the
 * weights of the pixels that it reads, whatever the size of the image.
 *
 * Horizontal pass first. `bilinear-antialias` rounds to 8 bits after each pass and gives the bytes of Pillow (12.3 resizes
 * images more than 100 times as tall as wide in the other order, and may differ there); the others never round.
 * All arithmetic is +, -, *, / and floor in a fixed order, so the result has the same bits in every engine.
 */
export function resizeRegion(
  image: RgbaImage,
  width: number,
  height: number,
  resampling: Resampling,
  region: Region,
): Float64Array {
  const rounds = resampling === 'bilinear-antialias';
  const across = taps(image.width, width, resampling, region.left, region.width);
  const down = taps(image.height, height, resampling, region.top, region.height);
  const stride = region.width * 3;
  const line = new Float64Array(stride);
  const out = new Float64Array(region.height * stride);
  // output rows [from, to) read the source row; both ends only ever move down
  let from = 0;
  let to = 0;
  for (let row = down.first[0]!; from < region.height; row++) {
    while (to < region.height && down.first[to]! <= row) to++;
    while (from < to && down.first[from]! + down.weights[from]!.length <= row) from++;
    if (from === to) continue; // plain bilinear skips rows when it shrinks
    resizeRow(image, row, across, line);
    if (rounds) toBytes(line);
    for (let y = from; y < to; y++) {
      const weight = down.weights[y]![row - down.first[y]!]!;
      const at = y * stride;
      for (let i = 0; i < stride; i++) out[at + i]! += line[i]! * weight;
    }
  }
  if (rounds) toBytes(out);
  return out;
}

/** Horizontal pass over one row: RGB, interleaved; alpha is skipped. */
function resizeRow({ width, data }: RgbaImage, row: number, { first, weights }: Taps, line: Float64Array): void {
  for (let x = 0; x < weights.length; x++) {
    const w = weights[x]!;
    let at = (row * width + first[x]!) * 4;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = 0; i < w.length; i++, at += 4) {
      red += data[at]! * w[i]!;
      green += data[at + 1]! * w[i]!;
      blue += data[at + 2]! * w[i]!;
    }
    line[3 * x] = red;
    line[3 * x + 1] = green;
    line[3 * x + 2] = blue;
  }
}

/** Fixed-point sums to 8-bit values as Pillow does: rounded half up, clipped. */
function toBytes(sums: Float64Array): void {
  for (let i = 0; i < sums.length; i++) {
    sums[i] = Math.min(255, Math.max(0, Math.floor((sums[i]! + UNIT / 2) / UNIT)));
  }
}
