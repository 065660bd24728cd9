import { below } from './random.ts';

/** The middle of 0-255: nothing, or nearly, once a mean is subtracted. */
const GREY = 127.5;

/** Greys a square around a random pixel of interleaved RGB, in place. Takes two words. */
export function cutout(rgb: Float64Array, width: number, height: number, size: number, words: Uint32Array): void {
  const left = below(words[0]!, width) - Math.floor(size / 2);
  const top = below(words[1]!, height) - Math.floor(size / 2);
  const from = Math.max(0, left);
  const to = Math.min(width, left + size);
  for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
    rgb.fill(GREY, (y * width + from) * 3, (y * width + to) * 3);
  }
}
