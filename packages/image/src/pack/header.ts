import { AlexNetError } from '@alexnet/core';

/*
 * A pack, little-endian:
 *
 *   0   8 bytes   ALEXPACK
 *   8   uint32    version, 1
 *   12  uint32    0
 *   16  uint64    where the index starts: pixels lie between the header and it
 *   24  uint64    length of the index, which ends the file
 *   32  32 bytes  id: SHA-256 of what the pack was made from
 *   64  pixels, 8-bit RGB, image after image
 *       index, JSON in UTF-8 (pack-index.ts)
 */

export const HEADER_BYTES = 64;
const MAGIC = 'ALEXPACK';
const VERSION = 1;
/** Longer ones do not fit a JavaScript string. */
const LONGEST_INDEX = 2 ** 29 - 32;

export interface Header {
  /** Where pixels end and the index starts. */
  readonly indexAt: number;
  readonly indexBytes: number;
  /** In hexadecimal. */
  readonly id: string;
}

export function encodeHeader({ indexAt, indexBytes, id }: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeBigUInt64LE(BigInt(indexAt), 16);
  bytes.writeBigUInt64LE(BigInt(indexBytes), 24);
  bytes.write(id, 32, 'hex');
  return bytes;
}

/** Whether a file starts as packs do, of whatever version. */
export function isPack(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, MAGIC.length) === MAGIC;
}

/** Errors: `invalid-file`. */
export function parseHeader(bytes: Buffer, fileBytes: number, file: string): Header {
  if (!isPack(bytes)) throw damaged(file, 'it does not start as a pack of images does');
  if (bytes.length < HEADER_BYTES) throw damaged(file, `it is cut off after ${bytes.length} bytes`);
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) throw damaged(file, `it has version ${version}, and this is for version ${VERSION}`);
  const indexAt = Number(bytes.readBigUInt64LE(16));
  const indexBytes = Number(bytes.readBigUInt64LE(24));
  if (indexAt < HEADER_BYTES || indexAt + indexBytes !== fileBytes) {
    throw damaged(file, `it has ${fileBytes} bytes and not the ${indexAt + indexBytes} that it should have`);
  }
  if (indexBytes > LONGEST_INDEX) throw damaged(file, `its index of ${indexBytes} bytes is too long`);
  return { indexAt, indexBytes, id: bytes.toString('hex', 32, 64) };
}

export function damaged(file: string, why: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message: `${file} is not a pack that can be read: ${why}`,
    fix: 'Delete it, and pack the images again.',
  });
}
