import { type Colour, emptyPicture, type Picture, setPixel } from './picture.ts';

/** Tiles of one size, side by side in rows. */
export interface Tiles {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** Default: so many that the picture is twice as wide as high. */
  readonly columns?: number;
  /** Pixels between tiles. Default 1. */
  readonly gap?: number;
  /** The colour of a tile's pixel. */
  colour(tile: number, x: number, y: number): Colour;
}

export function mosaic({ count, width, height, gap = 1, colour, ...rest }: Tiles): Picture {
  const columns = rest.columns ?? columnsOf(count, width, height);
  const rows = Math.ceil(count / columns);
  const picture = emptyPicture(columns * (width + gap) - gap, rows * (height + gap) - gap);
  for (let tile = 0; tile < count; tile++) {
    const left = (tile % columns) * (width + gap);
    const top = Math.floor(tile / columns) * (height + gap);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) setPixel(picture, left + x, top + y, colour(tile, x, y));
    }
  }
  return picture;
}

/** Of the numbers near the one that makes it twice as wide as high, one that fills the last row, where there is one. */
function columnsOf(count: number, width: number, height: number): number {
  const ideal = Math.min(count, Math.max(1, Math.round(Math.sqrt((2 * count * height) / width))));
  const near = Array.from({ length: ideal }, (_, i) => ideal - i).filter((n) => n > 0.6 * ideal);
  return near.find((n) => count % n === 0) ?? ideal;
}
