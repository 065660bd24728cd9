import type { Augmentation } from './augmentation.ts';
import { invalid } from './check.ts';
import { type Picture, pictureOf } from './picture.ts';
import { below } from './random.ts';

type RandomCrop = Extract<Augmentation, { readonly kind: 'random-crop' }>;

/** Where a pixel of the crop comes from, along one side: -1 is black. */
type Places = Int32Array;

/**
 * A square at a random place of a picture that is padded on all sides. Takes two words.
 * Errors: `invalid-input` for a padding that reflects more pixels than there are.
 */
export function randomCrop(picture: Picture, step: RandomCrop, words: Uint32Array): Picture {
  const { size, pad = 0, fill = 'constant' } = step;
  const { width, height } = picture;
  if (fill === 'reflect' && pad >= Math.min(width, height)) {
    throw invalid(
      `An image of ${width}x${height} pixels has no ${pad} pixels on each side to reflect`,
      'augment',
      `Reflect at most ${Math.min(width, height) - 1}.`,
    );
  }
  const left = below(words[0]!, width + 2 * pad - size + 1) - pad;
  const top = below(words[1]!, height + 2 * pad - size + 1) - pad;
  const isInside = left >= 0 && top >= 0 && left + size <= width && top + size <= height;
  const square = isInside
    ? picture.region({ left, top, width: size, height: size })
    : gathered(picture, placesOf(left, size, width, fill), placesOf(top, size, height, fill));
  return pictureOf(size, size, square);
}

function placesOf(from: number, size: number, length: number, fill: NonNullable<RandomCrop['fill']>): Places {
  return Int32Array.from({ length: size }, (_, i) => {
    const at = from + i;
    if (at >= 0 && at < length) return at;
    if (fill === 'constant') return -1;
    return at < 0 ? -at : 2 * (length - 1) - at;
  });
}

/** A square out of rows and columns of the picture, of which the region around them is asked for. */
function gathered(picture: Picture, columns: Places, rows: Places): Float64Array {
  const across = extent(columns);
  const down = extent(rows);
  const region = { left: across.from, top: down.from, width: across.length, height: down.length };
  const pixels = picture.region(region);
  const out = new Float64Array(rows.length * columns.length * 3);
  let to = 0;
  for (const y of rows) {
    for (const x of columns) {
      if (x >= 0 && y >= 0) {
        const from = ((y - region.top) * region.width + x - region.left) * 3;
        out[to] = pixels[from]!;
        out[to + 1] = pixels[from + 1]!;
        out[to + 2] = pixels[from + 2]!;
      }
      to += 3;
    }
  }
  return out;
}

function extent(places: Places): { readonly from: number; readonly length: number } {
  const inside = places.filter((place) => place >= 0);
  const from = inside.reduce((a, b) => Math.min(a, b));
  return { from, length: inside.reduce((a, b) => Math.max(a, b)) - from + 1 };
}
