import { AlexNetError } from '@alexnet/core';

/** No photograph comes near; reading a file costs its bytes. */
export const MAX_BYTES = 64 * 2 ** 20;

/** Decoded, an image has four bytes a pixel. What a canvas takes in every browser is little more. */
export const MAX_PIXELS = 64_000_000;

/** Errors: `invalid-input`, with the limit. */
export function checkBytes(bytes: number): void {
  if (bytes === 0) throw invalid('The image is an empty file', 'Choose another.');
  if (bytes <= MAX_BYTES) return;
  const [has, limit] = [bytes, MAX_BYTES].map((count) => Math.ceil(count / 2 ** 20));
  throw invalid(`The image has ${has} MB, and the limit is ${limit} MB`, 'Make it smaller first.');
}

/** Errors: `invalid-input`, with the limit. */
export function checkPixels({ width, height }: { readonly width: number; readonly height: number }): void {
  if (!(width > 0 && height > 0)) throw invalid('The image has no size of its own', 'Choose a photograph.');
  if (width * height <= MAX_PIXELS) return;
  const limit = `${MAX_PIXELS / 1e6} million`;
  throw invalid(`The image has ${width} x ${height} pixels, and the limit is ${limit}`, 'Make it smaller first.');
}

function invalid(message: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, fix });
}
