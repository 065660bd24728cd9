import { crc32, deflateSync } from 'node:zlib';
import type { RgbaImage } from '@alexnet/core';

/** A PNG file of these pixels; or, of a header that lies, of others. */
export function pngOf({ width, height, data }: RgbaImage, claims: Partial<RgbaImage> = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(claims.width ?? width, 0);
  header.writeUInt32BE(claims.height ?? height, 4);
  header.set([8, 6], 8); // 8 bits a channel, RGBA
  const rows = Array.from({ length: height }, (_, y) => [
    Buffer.of(0), // no filter
    Buffer.from(data.subarray(4 * width * y, 4 * width * (y + 1))),
  ]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
