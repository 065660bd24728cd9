import { readFile } from 'node:fs/promises';
import { AlexNetError, type RgbaImage, throwIfAborted } from '@alexnet/core';
import type { Metadata, SharpOptions } from 'sharp';
import { type FileFormat, fileFormat, looksLike } from './file-format.ts';
import { importSharp, type SharpFunction } from './sharp.ts';
import { withAlpha } from './with-alpha.ts';

export interface DecodeOptions {
  /** Larger images are refused before they are decoded. Default 268,402,689 (16383 x 16383): a gigabyte of pixels. */
  readonly maxPixels?: number;
  /** Checked between the steps; a decoding that has begun runs to its end. */
  readonly signal?: AbortSignal;
}

const MOST_PIXELS = 16_383 ** 2;

/** What the decoder calls them. */
const decoders: Readonly<Record<FileFormat, readonly string[]>> = {
  JPEG: ['jpeg'],
  PNG: ['png'],
  WebP: ['webp'],
  GIF: ['gif'],
  TIFF: ['tiff'],
  AVIF: ['heif', 'avif'],
};

/** The limit is ours to check, with our own message. Damage that leaves all pixels readable is tolerated, as by Pillow. */
const options: SharpOptions = { limitInputPixels: false, failOn: 'truncated' };

/**
 * Decodes a JPEG (progressive too), PNG, WebP, GIF (first frame), TIFF (first page) or AVIF file to 8-bit sRGB with alpha.
 *
 * - Turned upright as EXIF says, which Pillow leaves to its caller.
 * - Grey and CMYK become RGB, 16 bits become the upper 8, transparent pixels keep their colour.
 * - An embedded colour profile is applied, which Pillow also leaves to its caller.
 *
 * `source` is a path or the file's bytes.
 * Errors: `invalid-file` (not found, not an image, damaged or cut off), `invalid-input` (too many pixels, a limit or source
 * that is none), `missing-dependency` (sharp), `aborted`.
 */
export async function decodeImage(
  source: string | Uint8Array,
  { maxPixels = MOST_PIXELS, signal }: DecodeOptions = {},
): Promise<RgbaImage> {
  const name = typeof source === 'string' ? source : 'image';
  if (!(maxPixels > 0)) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `maxPixels must be above 0, got ${maxPixels}`,
      where: name,
    });
  }
  throwIfAborted(signal, name);
  const bytes = typeof source === 'string' ? await read(source) : source;
  const format = formatOf(bytes, name);
  const sharp = await importSharp();
  const facts = await factsOf(sharp, bytes, format, name);
  const pixels = facts.width * facts.height;
  if (pixels > maxPixels) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `${name} has ${pixels.toLocaleString('en')} pixels, more than the limit of ${maxPixels.toLocaleString('en')}`,
      fix: 'Make it smaller, or raise maxPixels.',
    });
  }
  throwIfAborted(signal, name);
  const image = await decode(sharp, bytes, facts, format, name);
  throwIfAborted(signal, name);
  return image;
}

async function decode(
  sharp: SharpFunction,
  bytes: Uint8Array,
  facts: Metadata,
  format: FileFormat,
  name: string,
): Promise<RgbaImage> {
  try {
    // sharp's raw output is 8-bit sRGB whatever goes in
    const image = sharp(bytes, options);
    if (isPlain(facts)) {
      const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, data: withAlpha(data) };
    }
    const { data, info } = await image.autoOrient().ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    throw damaged(format, name, cause);
  }
}

/** Three colours, upright: what most images of a training set are. Without the general way's two steps it takes half the time. */
function isPlain({ space, channels, hasAlpha, orientation = 1 }: Metadata): boolean {
  return space === 'srgb' && channels === 3 && !hasAlpha && orientation === 1;
}

/** From the header alone. */
async function factsOf(sharp: SharpFunction, bytes: Uint8Array, format: FileFormat, name: string): Promise<Metadata> {
  const facts = await sharp(bytes, options)
    .metadata()
    .catch((cause: unknown) => {
      throw damaged(format, name, cause);
    });
  if (decoders[format].includes(facts.format)) return facts;
  throw damaged(format, name, `the decoder takes it for ${facts.format}`);
}

function formatOf(bytes: Uint8Array, name: string): FileFormat {
  if (!(bytes instanceof Uint8Array)) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `An image comes as a path or a Uint8Array, got ${typeof bytes}`,
    });
  }
  const format = fileFormat(bytes);
  if (format !== undefined) return format;
  throw new AlexNetError({
    code: 'invalid-file',
    message: `${name} is not an image that can be read: it starts with ${looksLike(bytes)}`,
    fix: 'Use JPEG, PNG, WebP, GIF, TIFF or AVIF.',
  });
}

function damaged(format: FileFormat, name: string, cause: unknown): AlexNetError {
  const message = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return new AlexNetError({
    code: 'invalid-file',
    message: `${name} starts like a ${format} file but is damaged or cut off: ${message}`,
    fix: 'Get the file again.',
    cause,
  });
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'it may not be read' }[
      code ?? ''
    ];
    throw new AlexNetError({
      code: 'invalid-file',
      message: `Cannot read ${path}: ${reason ?? code ?? String(cause)}`,
      cause,
    });
  }
}
