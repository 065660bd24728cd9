import { type Resize, resizeImage } from '@alexnet/core';
import { ahead } from './ahead.ts';
import { imageOf, reasonOf } from './image-of.ts';
import type { Pixels, PixelsJob } from './jobs.ts';

const AHEAD = 4;

/** Decoded and resized images, 8 bits, RGB. Undefined when it was stopped. */
export async function makePixels(
  { paths }: PixelsJob,
  resize: Resize | undefined,
  stopped: () => boolean,
): Promise<Pixels[] | undefined> {
  const out: Pixels[] = [];
  for await (const image of ahead(paths, imageOf, AHEAD)) {
    if (stopped()) return undefined;
    try {
      out.push('reason' in image ? image : resizeImage(image, resize));
    } catch (error) {
      out.push({ reason: reasonOf(error) });
    }
  }
  return out;
}
