import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

/** A PNG file of 8-bit RGB pixels. */
export function pngOf(width: number, height: number, pixel: (x: number, y: number) => readonly number[]): Uint8Array {
  const rows = Buffer.alloc((3 * width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set(pixel(x, y), y * (3 * width + 1) + 1 + 3 * x);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // bits, RGB
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A folder with a folder per class; the classes differ in colour, the images of one in their stripes. */
export async function pictureFolder(
  folder: string,
  classes: readonly string[],
  each: number,
  size = 70,
): Promise<string> {
  for (const [label, name] of classes.entries()) {
    await mkdir(join(folder, name), { recursive: true });
    for (let n = 0; n < each; n++) {
      const png = pngOf(size + n, size, (x, y) => {
        const stripe = (x + n * y) % 9 < 4 ? 60 : 0;
        return [0, 1, 2].map((channel) => (channel === label % 3 ? 190 : 20) + stripe);
      });
      await writeFile(join(folder, name, `${n}.png`), png);
    }
  }
  return folder;
}
