import type { RgbaImage } from './preprocessing.ts';

/** The rule of the golden images: every byte different from its neighbours, so that no two axes or channels can be swapped. */
export function made(width: number, height: number): RgbaImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 4 }, (_, i) => (i * i * 7 + i * 31) % 251) };
}

/** An image of one channel's values: red = the value, green = value + 50, blue = value + 100. */
export function grey(width: number, values: readonly number[]): RgbaImage {
  return {
    width,
    height: values.length / width,
    data: Uint8Array.from(values.flatMap((v) => [v, v + 50, v + 100, 255])),
  };
}
