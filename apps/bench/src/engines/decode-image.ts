import { AlexNetError, type RgbaImage } from '@alexnet/core';

/** Chromium, Firefox and Safari draw no larger canvas everywhere. */
const MOST_PIXELS = 16_384 * 4096;

/**
 * An image file as pixels, turned as its EXIF data say, without colour management: the numbers that are in the file. In pages and workers.
 * Errors: `invalid-file` for what the browser cannot decode or is too large.
 */
export async function decodeImage(file: Blob): Promise<RgbaImage> {
  const bitmap = await createImageBitmap(file, {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
    imageOrientation: 'from-image',
  }).catch((cause: unknown) => {
    throw invalid('This is no image that the browser can decode', 'Give a JPEG, PNG or WebP file.', cause);
  });
  try {
    const { width, height } = bitmap;
    if (width * height > MOST_PIXELS) throw invalid(`The image has ${width} x ${height} pixels`, 'Give a smaller one.');
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (context === null) throw invalid(`There is no canvas of ${width} x ${height} pixels`, 'Give a smaller image.');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, data };
  } finally {
    bitmap.close();
  }
}

function invalid(message: string, fix: string, cause?: unknown): AlexNetError {
  return new AlexNetError({ code: 'invalid-file', message, fix, cause });
}
