import { stat } from 'node:fs/promises';
import type { RgbaImage } from '@alexnet/core';
import { decodeImage } from '../decode-image.ts';

/** Of one image: several are decoded at once, in every worker. */
const MOST_PIXELS = 2 ** 26;

/** Decodes an image file, or says why it cannot be: one bad file must not end a run. */
export async function imageOf(path: string): Promise<RgbaImage | { readonly reason: string }> {
  try {
    const facts = await stat(path).catch(() => undefined);
    // a pipe would be waited for, a device read without end; what is missing decodeImage has a sentence for
    if (facts !== undefined && !facts.isFile()) return { reason: `${path} is not a file.` };
    return await decodeImage(path, { maxPixels: MOST_PIXELS });
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
