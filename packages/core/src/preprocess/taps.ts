import type { Resampling } from './preprocessing.ts';

/**
 * One axis of a separable resize: output position i is the sum over j of `weights[i][j] * input[first[i] + j]`.
 * First and last input positions never decrease from one output position to the next.
 */
export interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];
}

/** The weights of `bilinear-antialias` are whole numbers in units of 1/UNIT: Pillow's fixed point, 32 - 8 - 2 bits. */
export const UNIT = 1 << 22;

/** Taps of the output positions `from` to `from + count` of an axis that goes from `size` to `resized` pixels. */
export function taps(size: number, resized: number, resampling: Resampling, from: number, count: number): Taps {
  const at = { 'bilinear-antialias': triangle, bilinear: halfPixel, 'bilinear-legacy': legacy }[resampling];
  const first = new Int32Array(count);
  const weights: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const [start, w] = at(from + i, size / resized, size);
    first[i] = start;
    weights.push(w);
  }
  return { first, weights };
}

/** Pillow's triangle filter, as wide as the reduction (Resample.c, precompute_coeffs and normalize_coeffs_8bpc). */
function triangle(position: number, scale: number, size: number): [number, Float64Array] {
  const support = Math.max(scale, 1);
  const centre = (position + 0.5) * scale;
  const start = Math.max(0, Math.floor(centre - support + 0.5));
  const end = Math.min(size, Math.floor(centre + support + 0.5));
  const weights = new Float64Array(end - start);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const w = Math.max(0, 1 - Math.abs((i + start - centre + 0.5) * (1 / support)));
    weights[i] = w;
    sum += w;
  }
  for (let i = 0; i < weights.length; i++) weights[i] = Math.floor(0.5 + (weights[i]! / sum) * UNIT);
  return [start, weights];
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
