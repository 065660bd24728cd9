import { deflateRawSync } from 'node:zlib';
import { concatBytes } from '@alexnet/core';
import { crc32 } from '../zip/crc32.ts';

/** Builds ZIP archives for tests, right or wrong. */

/** An entry; what is set beyond name and data replaces what would be right. */
export interface ZipPart {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  readonly method?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  readonly crc?: number;
  readonly flags?: number;
  /** The name in the local header. */
  readonly localName?: string;
  /** Extra bytes in the local header, as PyTorch pads its data with. */
  readonly padding?: number;
  readonly headerOffset?: number;
  /** Sizes and offset in zip64 fields. */
  readonly zip64?: boolean;
}

export interface ZipShape {
  /** Sizes and offset of the directory in zip64 records. */
  readonly zip64?: boolean;
  readonly comment?: string;
  /** What replaces the right numbers at the end. */
  readonly entries?: number;
  readonly directoryOffset?: number;
  readonly directorySize?: number;
  readonly disk?: number;
}

/** Little-endian fields: `[value, bytes]`. */
export function fields(...values: readonly (readonly [value: number | bigint, bytes: number])[]): Uint8Array {
  const parts = values.map(([value, bytes]) => {
    const eight = new DataView(new ArrayBuffer(8));
    eight.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
    return new Uint8Array(eight.buffer, 0, bytes);
  });
  return concatBytes(parts);
}

const utf8 = (text: string) => new TextEncoder().encode(text);

export function zipBytes(parts: readonly ZipPart[], shape: ZipShape = {}): Uint8Array {
  const chunks: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const put = (chunk: Uint8Array) => {
    chunks.push(chunk);
    at += chunk.length;
  };
  for (const part of parts) {
    const packed = part.deflate ? new Uint8Array(deflateRawSync(part.data)) : part.data;
    const method = part.method ?? (part.deflate ? 8 : 0);
    const { size = part.data.length, compressedSize = packed.length, crc = crc32(part.data), flags = 0x800 } = part;
    const start = part.headerOffset ?? at;
    const extra = new Uint8Array(part.padding ?? 0);
    const localName = utf8(part.localName ?? part.name);
    put(
      fields(
        [0x04034b50, 4],
        [45, 2],
        [flags, 2],
        [method, 2],
        [0, 4],
        [crc, 4],
        [compressedSize, 4],
        [size, 4],
        [localName.length, 2],
        [extra.length, 2],
      ),
    );
    for (const chunk of [localName, extra, packed]) put(chunk);
    const name = utf8(part.name);
    const long = part.zip64 ? fields([1, 2], [24, 2], [size, 8], [compressedSize, 8], [start, 8]) : new Uint8Array(0);
    const short = (value: number) => [part.zip64 ? 0xffffffff : value, 4] as const;
    directory.push(
      fields(
        [0x02014b50, 4],
        [45, 2],
        [45, 2],
        [flags, 2],
        [method, 2],
        [0, 4],
        [crc, 4],
        short(compressedSize),
        short(size),
      ),
      fields([name.length, 2], [long.length, 2], [0, 2], [0, 2], [0, 2], [0, 4], short(start)),
      name,
      long,
    );
  }
  const offset = shape.directoryOffset ?? at;
  for (const chunk of directory) put(chunk);
  const size = shape.directorySize ?? directory.reduce((sum, { length }) => sum + length, 0);
  const { entries = parts.length, disk = 0 } = shape;
  if (shape.zip64) {
    const end64 = at;
    put(
      fields(
        [0x06064b50, 4],
        [44, 8],
        [45, 2],
        [45, 2],
        [0, 4],
        [0, 4],
        [entries, 8],
        [entries, 8],
        [size, 8],
        [offset, 8],
      ),
    );
    put(fields([0x07064b50, 4], [0, 4], [end64, 8], [1, 4]));
  }
  const comment = utf8(shape.comment ?? '');
  const short = (value: number, bytes: number) => [shape.zip64 ? -1 : value, bytes] as const;
  put(
    fields(
      [0x06054b50, 4],
      [disk, 2],
      [disk, 2],
      short(entries, 2),
      short(entries, 2),
      short(size, 4),
      short(offset, 4),
      [comment.length, 2],
    ),
  );
  put(comment);
  return concatBytes(chunks);
}
