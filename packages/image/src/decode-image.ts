import { readFile } from 'node:fs/promises';
import { AlexNetError, type RgbaImage, throwIfAborted } from '@alexnet/core';
import type { Sharp, SharpOptions } from 'sharp';

export interface DecodeOptions {
  /** Larger images are refused before they are decoded. Default 268,402,689 (16383 x 16383). */
  readonly maxPixels?: number;
  readonly signal?: AbortSignal;
}

const MOST_PIXELS = 16_383 ** 2;

/**
 * Decodes a JPEG (progressive too), PNG, WebP, GIF, TIFF or AVIF file to 8-bit sRGB with alpha, turned upright as its EXIF says.
 * `source` is a path or the file's bytes. CMYK and grey become RGB, 16 bits become 8.
 * Errors: `invalid-file` (not found, not an image, cut off), `invalid-input` (too many pixels), `missing-dependency` (sharp), `aborted`.
 */
export async function decodeImage(
  source: string | Uint8Array,
  { maxPixels = MOST_PIXELS, signal }: DecodeOptions = {},
): Promise<RgbaImage> {
  const name = typeof source === 'string' ? source : 'image';
  throwIfAborted(signal, name);
  const bytes = typeof source === 'string' ? await read(source) : source;
  const sharp = await importSharp();
  const size = await sizeOf(sharp, bytes, name);
  if (size > maxPixels) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `${name} has ${size.toLocaleString('en')} pixels, more than the limit of ${maxPixels.toLocaleString('en')}`,
      fix: 'Make it smaller, or raise maxPixels.',
    });
  }
  throwIfAborted(signal, name);
  try {
    const { data, info } = await sharp(bytes, { failOn: 'truncated', limitInputPixels: false })
      .autoOrient()
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    throwIfAborted(signal, name);
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    if (cause instanceof AlexNetError) throw cause;
    throw broken(name, cause);
  }
}

type SharpFunction = (input: Uint8Array, options: SharpOptions) => Sharp;

async function sizeOf(sharp: SharpFunction, bytes: Uint8Array, name: string): Promise<number> {
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return width * height;
  } catch (cause) {
    throw new AlexNetError({
      code: 'invalid-file',
      message: `${name} is not an image that can be read: it starts with ${looksLike(bytes)}`,
      fix: 'Use JPEG, PNG, WebP, GIF, TIFF or AVIF.',
      cause,
    });
  }
}

function broken(name: string, cause: unknown): AlexNetError {
  const message = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return new AlexNetError({
    code: 'invalid-file',
    message: `${name} is damaged or cut off: ${message}`,
    fix: 'Get the file again.',
    cause,
  });
}

/** The first bytes, as text where they are text. */
function looksLike(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'nothing: it is empty';
  const head = bytes.subarray(0, 16);
  const printable = head.every((byte) => byte >= 0x20 && byte < 0x7f);
  return printable
    ? JSON.stringify(Buffer.from(head).toString('latin1'))
    : `the bytes ${Buffer.from(head.subarray(0, 8)).toString('hex')}`;
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(code);
    throw new AlexNetError({ code: 'invalid-file', message: `Cannot read ${path}: ${reason}`, cause });
  }
}

async function importSharp(): Promise<SharpFunction> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new AlexNetError({
      code: 'missing-dependency',
      message: 'The package sharp, which decodes images, does not load on this platform',
      fix: 'Install it: npm install sharp',
      cause,
    });
  }
}
