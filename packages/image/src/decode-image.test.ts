import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from './decode-image.ts';

const photo = (name: string) => fileURLToPath(new URL(`../../conformance/photos/${name}`, import.meta.url));
const chelsea = photo('chelsea.jpg');

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

  // SHA-256 of the RGB bytes that Pillow 12.3 decodes, first 16 digits
  it.each([
    { name: 'astronaut.jpg', width: 512, height: 512, sha256: 'd37dddd42572eda2' },
    { name: 'chelsea.jpg', width: 451, height: 300, sha256: 'a76287ceacd550f2' },
    { name: 'coffee.jpg', width: 600, height: 400, sha256: '3714114a5fce49ed' },
    { name: 'rocket.jpg', width: 640, height: 427, sha256: '6e6367c9bff8e25d' },
  ])('$name to the same pixels as Pillow', async ({ name, width, height, sha256 }) => {
    const image = await decodeImage(photo(name));
    expect(image).toMatchObject({ width, height });
    const rgb = image.data.filter((_, i) => i % 4 !== 3);
    expect(createHash('sha256').update(rgb).digest('hex').slice(0, 16)).toBe(sha256);
  });

  it('grey to three equal channels', async () => {
    const grey = Uint8Array.of(0, 1, 100, 128, 254, 255);
    const file = await sharp(grey, { raw: { width: 3, height: 2, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect((await sharp(file).metadata()).channels).toBe(1);
    const image = await decodeImage(file);
    expect([...image.data]).toEqual([...grey].flatMap((v) => [v, v, v, 255]));
  });

  it.each([
    { what: 'colour', channels: 3, space: 'rgb16', want: [0, 0, 1, 255, 1, 127, 255, 255] },
    { what: 'grey', channels: 1, space: 'grey16', want: [0, 0, 1, 1, 127, 255].flatMap((v) => [v, v, v, 255]) },
  ] as const)('16-bit $what to the upper 8 bits', async ({ channels, space, want }) => {
    const deep = Uint16Array.of(0, 255, 256, 511, 0x7fff, 0xffff);
    const file = await sharp(deep, { raw: { width: 6 / channels, height: 1, channels } })
      .toColourspace(space)
      .png()
      .toBuffer();
    expect((await sharp(file).metadata()).depth).toBe('ushort');
    expect([...(await decodeImage(file)).data]).toEqual(want);
  });

  // inks do not reach every colour: what comes back is near; inverted or swapped inks are far off
  it.each([
    { colour: [255, 255, 255], within: 0 },
    { colour: [200, 30, 60], within: 24 },
    { colour: [120, 90, 60], within: 24 },
  ] as const)('CMYK of $colour to sRGB', async ({ colour, within }) => {
    const [r, g, b] = colour;
    const file = await sharp({ create: { width: 8, height: 4, channels: 3, background: { r, g, b } } })
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    expect((await sharp(file).metadata()).space).toBe('cmyk');
    const { data } = await decodeImage(file);
    expect(data.length).toBe(8 * 4 * 4);
    for (const [c, value] of colour.entries()) expect(Math.abs(data[c]! - value)).toBeLessThanOrEqual(within);
  });

  it('a palette file to its colours', async () => {
    const file = await sharp({ create: { width: 5, height: 2, channels: 3, background: 'rgb(10, 200, 30)' } })
      .png({ palette: true })
      .toBuffer();
    expect([...(await decodeImage(file)).data.slice(0, 4)]).toEqual([10, 200, 30, 255]);
  });

  it('grey with alpha to four channels', async () => {
    const file = await sharp(Uint8Array.of(7, 0, 90, 128, 255, 255), { raw: { width: 3, height: 1, channels: 2 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect((await sharp(file).metadata()).channels).toBe(2);
    expect([...(await decodeImage(file)).data]).toEqual([7, 7, 7, 0, 90, 90, 90, 128, 255, 255, 255, 255]);
  });

  it('transparent pixels with the colour that they hide', async () => {
    const file = await sharp(Uint8Array.of(200, 30, 60, 0, 1, 2, 3, 128), { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(file)).data]).toEqual([200, 30, 60, 0, 1, 2, 3, 128]);
  });

  // which stored pixel [x, y] of the 7 x 5 picture ends up at the top left, and which to its right (EXIF 2.3, table 5)
  it.each([
    { orientation: 1, size: [7, 5], corner: [0, 0], right: [1, 0] },
    { orientation: 2, size: [7, 5], corner: [6, 0], right: [5, 0] },
    { orientation: 3, size: [7, 5], corner: [6, 4], right: [5, 4] },
    { orientation: 4, size: [7, 5], corner: [0, 4], right: [1, 4] },
    { orientation: 5, size: [5, 7], corner: [0, 0], right: [0, 1] },
    { orientation: 6, size: [5, 7], corner: [0, 4], right: [0, 3] },
    { orientation: 7, size: [5, 7], corner: [6, 4], right: [6, 3] },
    { orientation: 8, size: [5, 7], corner: [6, 0], right: [6, 1] },
  ] as const)('EXIF orientation $orientation, upright', async ({ orientation, size, corner, right }) => {
    const image = await decodeImage(await picture().withMetadata({ orientation }).png().toBuffer());
    expect([image.width, image.height]).toEqual(size);
    const stored = ([x, y]: readonly [number, number]) => [...pixels.slice((y * 7 + x) * 3, (y * 7 + x) * 3 + 3)];
    expect([...image.data.slice(0, 3)]).toEqual(stored(corner));
    expect([...image.data.slice(4, 7)]).toEqual(stored(right));
  });

  it('an image of exactly the limit', async () => {
    expect(await decodeImage(chelsea, { maxPixels: 451 * 300 })).toMatchObject({ width: 451, height: 300 });
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
    { why: 'a web page', bytes: Buffer.from('<html>\n<body>404</body>'), says: 'starts with "<html>\\n<body>404"' },
    {
      why: 'a drawing that sharp itself would draw',
      bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      says: 'starts with "<svg xmlns',
    },
    {
      why: 'a drawing that has the letters of WebP where these have them',
      bytes: Buffer.from('<svg a="WEBP" xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      says: 'starts with "<svg a=',
    },
    {
      why: 'a HEIC photograph',
      bytes: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0'),
      says: 'the mark of a HEIC photograph',
    },
    { why: 'three bytes', bytes: Buffer.from([255, 216, 0]), says: 'the bytes ffd800' },
  ])('$why, and says what it looks like', async ({ bytes, says }) => {
    const path = join(folder, 'file.jpg');
    await writeFile(path, bytes);
    await expect(decodeImage(path)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(says),
    });
  });

  it.each([
    { format: 'JPEG', encode: () => sharp(chelsea).jpeg() },
    { format: 'progressive JPEG', encode: () => sharp(chelsea).jpeg({ progressive: true }) },
    { format: 'PNG', encode: () => sharp(chelsea).png() },
    { format: 'WebP', encode: () => sharp(chelsea).webp() },
  ])('a $format file that was cut off, wherever', async ({ format, encode }) => {
    const file = await encode().toBuffer();
    for (const part of [0.002, 0.5, 0.98]) {
      await expect(decodeImage(file.subarray(0, file.length * part))).rejects.toMatchObject({
        code: 'invalid-file',
        message: expect.stringContaining(
          `starts like a ${format.replace('progressive ', '')} file but is damaged or cut`,
        ),
      });
    }
  });

  it('a PNG with a changed byte', async () => {
    const file = await sharp(chelsea).png().toBuffer();
    file[Math.floor(file.length / 2)]! ^= 0xff;
    await expect(decodeImage(file)).rejects.toMatchObject({ code: 'invalid-file' });
  });

  it('more pixels than the limit, before decoding', async () => {
    await expect(decodeImage(chelsea, { maxPixels: 1000 })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('135,300 pixels'),
    });
  });

  it.each([Number.NaN, 0, -1])('a limit of %d pixels', async (maxPixels) => {
    await expect(decodeImage(chelsea, { maxPixels })).rejects.toMatchObject({ code: 'invalid-input' });
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
