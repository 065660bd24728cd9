/** A picture to be painted on a canvas. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGBA, row by row. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** Transparent everywhere. */
export function emptyPicture(width: number, height: number): Picture {
  return { width, height, data: new Uint8ClampedArray(4 * width * height) };
}

export type Colour = readonly [red: number, green: number, blue: number];

/** What is no number is seen as such. */
export const noNumber: Colour = [255, 0, 255];

export function setPixel({ width, data }: Picture, x: number, y: number, colour: Colour): void {
  data.set(colour, 4 * (y * width + x));
  data[4 * (y * width + x) + 3] = 255;
}
