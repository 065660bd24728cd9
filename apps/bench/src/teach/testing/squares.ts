import type { RgbaImage } from '@alexnet/core';
import { pngOf } from '../../classify/testing/png.ts';

export const colours = { red: [220, 40, 40], blue: [40, 60, 220], green: [40, 190, 60] } as const;

export type Colour = keyof typeof colours;

/** A square of a colour on grey, somewhere, with noise: no two are alike. As an input of files takes it. */
export function square(colour: Colour, seed: number): { name: string; mimeType: string; buffer: Buffer } {
  const [width, height] = [96, 80];
  const data = new Uint8Array(4 * width * height);
  const [left, top] = [8 + ((seed * 7) % 30), 6 + ((seed * 11) % 24)];
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const isInside = x >= left && x < left + 44 && y >= top && y < top + 40;
    const noise = ((i * i * 17 + seed * 7919 + i * 31) % 61) - 30;
    for (let c = 0; c < 3; c++)
      data[4 * i + c] = Math.min(255, Math.max(0, (isInside ? colours[colour][c]! : 128) + noise));
    data[4 * i + 3] = 255;
  }
  const image: RgbaImage = { width, height, data };
  return { name: `${colour}-${seed}.png`, mimeType: 'image/png', buffer: pngOf(image) };
}
