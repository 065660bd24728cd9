import type { Augmentation } from './augmentation.ts';
import { around0, fraction } from './random.ts';
import { sineAndCosine } from './trigonometry.ts';

type Affine = Extract<Augmentation, { kind: 'affine' }>;

/** Row = a * y + b * x + c, column = d * y + e * x + f: which place of the picture an output pixel shows. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const WORDS_PER_AFFINE = 6;

/**
 * Keras' matrix: rotation * shift * shear * zoom around the middle of the picture, from rows and columns of the output to
 * those of the input. The middle is that of the pixel grid, (height - 1) / 2; Keras before 2.9 was up to a pixel off it.
 */
export function affineMatrix(
  { rotation = 0, shift = [0, 0], shear = 0, zoom = 0 }: Affine,
  width: number,
  height: number,
  words: Uint32Array,
): Matrix {
  const [sin, cos] = sineAndCosine(around0(words[0]!, rotation));
  const down = around0(words[1]!, shift[0]) * height;
  const across = around0(words[2]!, shift[1]) * width;
  const [shearSin, shearCos] = sineAndCosine(around0(words[3]!, shear));
  const zoomY = 1 - zoom + 2 * zoom * fraction(words[4]!);
  const zoomX = 1 - zoom + 2 * zoom * fraction(words[5]!);
  // [cos -sin; sin cos] * [1 -shearSin; 0 shearCos] * [zoomY 0; 0 zoomX]
  const a = cos * zoomY;
  const b = (-cos * shearSin - sin * shearCos) * zoomX;
  const d = sin * zoomY;
  const e = (-sin * shearSin + cos * shearCos) * zoomX;
  const middleY = (height - 1) / 2;
  const middleX = (width - 1) / 2;
  const c = middleY + cos * down - sin * across - a * middleY - b * middleX;
  const f = middleX + sin * down + cos * across - d * middleY - e * middleX;
  return [a, b, c, d, e, f];
}

/** Interleaved RGB seen through a matrix, bilinear. */
export function resample(
  rgb: Float64Array,
  width: number,
  height: number,
  [a, b, c, d, e, f]: Matrix,
  fill: Affine['fill'],
): Float64Array {
  const out = new Float64Array(rgb.length);
  const stride = width * 3;
  const bottom = height - 1;
  const right = width - 1;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      let row = a * y + b * x + c;
      let column = d * y + e * x + f;
      if (fill === 'constant' && (row < 0 || row > bottom || column < 0 || column > right)) continue; // black
      row = row < 0 ? 0 : row > bottom ? bottom : row;
      column = column < 0 ? 0 : column > right ? right : column;
      const top = Math.floor(row);
      const left = Math.floor(column);
      const south = row - top;
      const east = column - left;
      const northWest = (1 - south) * (1 - east);
      const northEast = (1 - south) * east;
      const southWest = south * (1 - east);
      const southEast = south * east;
      const p = top * stride + left * 3;
      const q = left < right ? p + 3 : p;
      const r = top < bottom ? p + stride : p;
      const s = top < bottom ? q + stride : q;
      out[at] = rgb[p]! * northWest + rgb[q]! * northEast + rgb[r]! * southWest + rgb[s]! * southEast;
      out[at + 1] =
        rgb[p + 1]! * northWest + rgb[q + 1]! * northEast + rgb[r + 1]! * southWest + rgb[s + 1]! * southEast;
      out[at + 2] =
        rgb[p + 2]! * northWest + rgb[q + 2]! * northEast + rgb[r + 2]! * southWest + rgb[s + 2]! * southEast;
    }
  }
  return out;
}
