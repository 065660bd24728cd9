import type { SyncBytes } from './sync-bytes.ts';

/*
 * A global heap collection, where HDF5 keeps strings of variable length (HDF5 File Format Specification III.E):
 *
 *   0  "GCOL"   4  version 1, three zeros   8  size of all of it   16  objects until the end
 *   object: 0 index (2 bytes)   2 references (2)   4 zeros (4)   8 size (8)   16 data, padded to a multiple of 8
 *
 * Object 0 is the free space, its size counts its own 16 bytes. The HDF5 library goes round and round where an object is said to take no
 * bytes, without reading anything, so that nothing could stop it. Therefore collections are checked as they are read.
 */

const SIGNATURE = [0x47, 0x43, 0x4f, 0x4c, 1, 0, 0, 0] as const;
const HEADER = 16;
/** HDF5 takes metadata that it was given in pieces up to this size apart without reading it again. */
const MOST_SCANNED = 2 ** 20;

/** The place of a collection in `length` bytes from `offset` on which HDF5 would go round in, if there is one. */
export function endlessHeap(bytes: SyncBytes, offset: number, length: number): number | undefined {
  // it may begin in what was read before, up to its last byte
  const start = Math.max(0, offset - SIGNATURE.length + 1);
  const end = Math.min(bytes.size, offset + (length > MOST_SCANNED ? HEADER : length) + SIGNATURE.length - 1);
  const part = bytes.readSync(start, Math.max(0, end - start));
  for (let at = part.indexOf(SIGNATURE[0]); at >= 0; at = part.indexOf(SIGNATURE[0], at + 1)) {
    if (SIGNATURE.every((byte, i) => part[at + i] === byte) && !advances(bytes, start + at)) return start + at;
  }
  return undefined;
}

/** Whether every object of the collection leads to a later one. */
function advances(bytes: SyncBytes, start: number): boolean {
  const end = start + lengthAt(bytes, start + 8);
  if (!(end <= bytes.size)) return true; // HDF5 refuses it
  for (let at = start + HEADER; at + HEADER <= end; ) {
    const index = viewOf(bytes, at, 2).getUint16(0, true);
    const size = lengthAt(bytes, at + 8);
    const step = index === 0 ? size : HEADER + Math.ceil(size / 8) * 8;
    if (step < HEADER || !(at + step <= end)) return false;
    at += step;
  }
  return true;
}

function lengthAt(bytes: SyncBytes, offset: number): number {
  return offset + 8 <= bytes.size ? Number(viewOf(bytes, offset, 8).getBigUint64(0, true)) : Number.POSITIVE_INFINITY;
}

function viewOf(bytes: SyncBytes, offset: number, length: number): DataView {
  const part = bytes.readSync(offset, length);
  return new DataView(part.buffer, part.byteOffset, length);
}
