import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from './decode-image.ts';

const chelsea = fileURLToPath(new URL('../../conformance/photos/chelsea.jpg', import.meta.url));

/** A 7 x 5 picture in which no two pixels are alike. */
const raw = { width: 7, height: 5, channels: 3 } as const;
const pixels = Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => (i * 37) % 256);
const picture = () => sharp(pixels, { raw });
const rgbOf = (data: ArrayLike<number>) => Array.from(data).filter((_, i) => i % 4 !== 3);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alexnet-image-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('decodes', () => {
  it('a JPEG photograph from a path and from bytes alike', async () => {
    const image = await decodeImage(chelsea);
    expect([image.width, image.height]).toEqual([451, 300]);
    expect(image.data.length).toBe(451 * 300 * 4);
    expect(image).toEqual(await decodeImage(await readFile(chelsea)));
  });

  it.each([
    { format: 'PNG', encode: () => picture().png() },
    { format: 'lossless WebP', encode: () => picture().webp({ lossless: true }) },
    { format: 'TIFF', encode: () => picture().tiff({ compression: 'lzw' }) },
  ])('$format without loss, with alpha added', async ({ encode }) => {
    const image = await decodeImage(await encode().toBuffer());
    expect([image.width, image.height]).toEqual([7, 5]);
    expect(rgbOf(image.data)).toEqual([...pixels]);
    expect(image.data[3]).toBe(255);
  });

  it('a progressive JPEG as the baseline one', async () => {
    const { width, height, data } = await decodeImage(chelsea);
    const again = (progressive: boolean) =>
      sharp(data, { raw: { width, height, channels: 4 } })
        .jpeg({ progressive, quality: 90 })
        .toBuffer();
    expect(await decodeImage(await again(true))).toEqual(await decodeImage(await again(false)));
  });

  it.each([
    { what: 'grey', encode: () => picture().greyscale().png() },
    { what: '16-bit', encode: () => picture().toColourspace('rgb16').png() },
    { what: 'CMYK', encode: () => picture().toColourspace('cmyk').jpeg() },
    { what: 'palette', encode: () => picture().png({ palette: true }) },
  ])('a $what file to four 8-bit channels', async ({ encode }) => {
    const image = await decodeImage(await encode().toBuffer());
    expect(image.data.length).toBe(7 * 5 * 4);
  });

  it('a file that EXIF says is turned, upright', async () => {
    const image = await decodeImage(await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer());
    expect([image.width, image.height]).toEqual([5, 7]);
  });

  it.each([
    { what: 'one pixel', width: 1, height: 1 },
    { what: '20,000 pixels in a row', width: 20_000, height: 3 },
  ])('$what', async ({ width, height }) => {
    const file = await sharp({ create: { width, height, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    expect(await decodeImage(file)).toMatchObject({ width, height });
  });
});

describe('refuses', () => {
  it.each([
    { why: 'text', bytes: Buffer.from('this is no image, but a line of text'), says: 'starts with "this is no image' },
    {
      why: 'binary data',
      bytes: Buffer.from([1, 2, 3, 4, 250, 251, 252, 253, 254]),
      says: 'the bytes 01020304fafbfcfd',
    },
    { why: 'an empty file', bytes: new Uint8Array(), says: 'it is empty' },
  ])('$why, and says what it looks like', async ({ bytes, says }) => {
    const path = join(folder, 'file.jpg');
    await writeFile(path, bytes);
    await expect(decodeImage(path)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(says),
    });
  });

  it('a photograph that was cut off', async () => {
    const file = await readFile(chelsea);
    await expect(decodeImage(file.subarray(0, file.length / 2))).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining('cut off'),
    });
  });

  it('more pixels than the limit, before decoding', async () => {
    await expect(decodeImage(chelsea, { maxPixels: 1000 })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('135,300 pixels'),
    });
  });

  it.each([
    { why: 'a path that does not exist', path: 'nothing/here.jpg', says: 'there is no such file' },
    { why: 'a folder', path: tmpdir(), says: 'it is a folder' },
  ])('$why', async ({ path, says }) => {
    await expect(decodeImage(path)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(says),
    });
  });

  it('to start when the signal has fired', async () => {
    await expect(decodeImage(chelsea, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });
});
