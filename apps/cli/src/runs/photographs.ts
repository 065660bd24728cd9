import { fileURLToPath } from 'node:url';
import { photographs } from '@alexnet/conformance';
import type { RgbaImage } from '@alexnet/core';
import { decodeImage } from '@alexnet/image';

/** A committed photograph, decoded. */
export interface Picture {
  readonly name: string;
  readonly image: RgbaImage;
}

/** Decodes the photographs that come with the conformance suite. */
export function decodePhotographs(signal: AbortSignal): Promise<Picture[]> {
  return Promise.all(
    photographs.map(async ({ name, url }) => ({ name, image: await decodeImage(fileURLToPath(url), { signal }) })),
  );
}
