import type { ByteSource, ReadOptions } from '@alexnet/core';
import { damaged } from '../damaged.ts';

/*
 * The records of a ZIP archive by which its directory is found: APPNOTE.TXT of PKWARE, 4.3.14 to 4.3.16. All numbers are little-endian.
 *
 *   end of central directory (22 bytes + comment, the last of the file)
 *     4 number of this disk   8 entries on it   10 entries   12 directory's size   16 directory's offset   20 comment's length
 *   zip64 locator (20 bytes, right before it)
 *     4 disk of the zip64 end   8 its offset   16 number of disks
 *   zip64 end of central directory (56 bytes or more)
 *     24 entries on this disk   32 entries   40 directory's size   48 directory's offset
 */

const END = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
const LOCATOR = 0x07064b50;
const LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const END64_BYTES = 56;

/** Where the central directory lies, and how many entries it says that it has. */
export interface DirectoryPlace {
  readonly entries: number;
  readonly offset: number;
  readonly size: number;
}

/** Finds the directory of an archive by the records at its end. Errors: `invalid-file`. */
export async function findDirectory(source: ByteSource, options?: ReadOptions): Promise<DirectoryPlace> {
  const start = Math.max(0, source.size - END_BYTES - MAX_COMMENT - LOCATOR_BYTES);
  const tail = viewOf(await source.read(start, source.size - start, options));
  const at = findEnd(tail);
  if (at === undefined) throw damaged('The ZIP archive has no directory: its end is missing', source.name, source.size);
  const end = start + at;
  const place = { entries: tail.getUint16(at + 10, true), size: tail.getUint32(at + 12, true) };
  const offset = tail.getUint32(at + 16, true);
  const disks = [tail.getUint16(at + 4, true), tail.getUint16(at + 6, true)];
  const located = at >= LOCATOR_BYTES && tail.getUint32(at - LOCATOR_BYTES, true) === LOCATOR;
  if (located) {
    const end64 = uint64(tail, at - LOCATOR_BYTES + 8, source.name);
    return checked(await readEnd64(source, end64, options), end64, source.name);
  }
  if (disks.some((disk) => disk !== 0)) throw damaged('The ZIP archive is one of several parts', source.name, end);
  return checked({ ...place, offset }, end, source.name);
}

/** The last place where an end record with its comment reaches exactly to the end of the file. */
function findEnd(tail: DataView): number | undefined {
  for (let at = tail.byteLength - END_BYTES; at >= 0 && at >= tail.byteLength - END_BYTES - MAX_COMMENT; at--) {
    if (tail.getUint32(at, true) !== END) continue;
    if (at + END_BYTES + tail.getUint16(at + 20, true) === tail.byteLength) return at;
  }
  return undefined;
}

async function readEnd64(source: ByteSource, offset: number, options?: ReadOptions): Promise<DirectoryPlace> {
  const end = viewOf(await source.read(offset, END64_BYTES, options));
  if (end.getUint32(0, true) !== END64) throw damaged('The zip64 end is not where it should be', source.name, offset);
  const [entries, size, start] = [32, 40, 48].map((at) => uint64(end, at, source.name));
  return { entries: entries!, size: size!, offset: start! };
}

/** The directory must end before the record that tells where it is. */
function checked(place: DirectoryPlace, end: number, where: string): DirectoryPlace {
  if (place.offset + place.size <= end) return place;
  throw damaged(
    `The ZIP directory of ${place.size} bytes at ${place.offset} reaches past the record after it`,
    where,
    end,
  );
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A 64-bit number as a size or offset. Errors: `invalid-file` above 2^53. */
export function uint64(view: DataView, at: number, where: string): number {
  const value = Number(view.getBigUint64(at, true));
  if (Number.isSafeInteger(value)) return value;
  throw damaged(`The number ${value} is no size or offset`, where);
}
