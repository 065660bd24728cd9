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

/**
 * The place of a collection in which HDF5 would go round, if one begins in the bytes that were loaded from `offset` on. `step` is called
 * for every object that is looked at, and may throw when there are too many.
 */
export function endlessHeap(
  bytes: SyncBytes,
  offset: number,
  loaded: Uint8Array,
  step: () => void,
): number | undefined {
  const scanned = loaded.length > MOST_SCANNED ? loaded.subarray(0, HEADER) : loaded;
  const edge = SIGNATURE.length - 1;
  // one may begin in what was loaded before, and end in this, or begin here and end in what comes later
  const edges = [offset, offset + scanned.length].map((place) => {
    const start = Math.max(0, place - edge);
    return { start, part: bytes.readSync(start, Math.min(bytes.size, place + edge) - start) };
  });
  for (const { start, part } of [{ start: offset, part: scanned }, ...edges]) {
    for (let at = part.indexOf(SIGNATURE[0]); at >= 0; at = part.indexOf(SIGNATURE[0], at + 1)) {
      if (SIGNATURE.every((byte, i) => part[at + i] === byte) && !advances(bytes, start + at, step)) return start + at;
    }
  }
  return undefined;
}

/** Whether every object of the collection leads to a later one. */
function advances(bytes: SyncBytes, start: number, step: () => void): boolean {
  const end = start + lengthAt(bytes, start + 8);
  if (!(end <= bytes.size)) return true; // HDF5 refuses it
  for (let at = start + HEADER; at + HEADER <= end; ) {
    step();
    const index = viewOf(bytes, at, 2).getUint16(0, true);
    const size = lengthAt(bytes, at + 8);
    const length = index === 0 ? size : HEADER + Math.ceil(size / 8) * 8;
    if (length < HEADER || !(at + length <= end)) return false;
    at += length;
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
