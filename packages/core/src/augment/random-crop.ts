import { type Picture, pictureOf } from './picture.ts';
import { below } from './random.ts';

/** A square of `size` pixels at a random place of a picture that got `pad` black pixels on all sides. Takes two words. */
export function randomCrop(picture: Picture, size: number, pad: number, words: Uint32Array): Picture {
  const left = below(words[0]!, picture.width + 2 * pad - size + 1) - pad;
  const top = below(words[1]!, picture.height + 2 * pad - size + 1) - pad;
  return pictureOf(size, size, squareOf(picture, left, top, size));
}

/** A square that may reach over the borders, where it is black. */
function squareOf(picture: Picture, left: number, top: number, size: number): Float64Array {
  const x = Math.max(0, left);
  const y = Math.max(0, top);
  const width = Math.min(picture.width, left + size) - x;
  const height = Math.min(picture.height, top + size) - y;
  const inside = picture.region({ left: x, top: y, width, height });
  if (width === size && height === size) return inside;
  const out = new Float64Array(size * size * 3);
  for (let row = 0; row < height; row++) {
    const line = inside.subarray(row * width * 3, (row + 1) * width * 3);
    out.set(line, ((y - top + row) * size + x - left) * 3);
  }
  return out;
}
