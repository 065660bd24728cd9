import { AlexNetError, memorySource, type ReadOptions } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { type SyncSource, sliceSource } from '../slice-source.ts';
import { crc32 } from './crc32.ts';
import { quoted, readDirectory, type ZipEntry } from './directory.ts';
import { inflate } from './inflate.ts';
import { viewOf } from './records.ts';

export type { ZipEntry } from './directory.ts';

const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/** Files that are packed better than this hold no weights. */
const MAX_RATIO = 100;
/** Small files may be packed as well as they like. */
const FREE_BYTES = 2 ** 20;

export interface ZipArchive {
  /** By name, in the directory's order, without folders. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /**
   * The contents of an entry: a range of the archive when it is stored, else unpacked into memory, once for every call.
   * Errors: `invalid-file` for an entry that is not there, encrypted, damaged, packed in another way or too well (a bomb); `aborted`.
   */
  open(name: string, options?: ReadOptions): Promise<SyncSource>;
}

/** Opens a ZIP archive (zip64 too); reads its directory only. Errors: `invalid-file`, `aborted`. */
export async function openZip(source: SyncSource, options?: ReadOptions): Promise<ZipArchive> {
  const entries = await readDirectory(source, options);
  return {
    entries,
    async open(name, reading) {
      const entry = entries.get(name);
      if (entry === undefined) throw damaged(`The ZIP archive has no entry ${quoted(name)}`, source.name);
      return openEntry(source, entry, reading);
    },
  };
}

async function openEntry(source: SyncSource, entry: ZipEntry, options?: ReadOptions): Promise<SyncSource> {
  const { size, compressedSize, method } = entry;
  const where = `entry ${quoted(entry.name)}`;
  if (entry.encrypted) throw unreadable('is encrypted', where);
  if (method !== STORED && method !== DEFLATED) throw unreadable(`is packed by method ${method}`, where);
  const offset = await dataOffset(source, entry, where, options);
  const packed = sliceSource(source, offset, compressedSize, entry.name);
  if (method === STORED) {
    if (size !== compressedSize) throw damaged(`${size} stored bytes take ${compressedSize}`, where);
    return packed;
  }
  if (size > FREE_BYTES + MAX_RATIO * compressedSize) {
    throw damaged(
      `${compressedSize} packed bytes are declared to give ${size}, more than ${MAX_RATIO} times as many`,
      where,
    );
  }
  const bytes = await inflate(packed, size, options);
  // Not checked for stored entries: they are read in pieces, and PyTorch may be told to write no checksums.
  if (crc32(bytes) !== entry.crc32) throw damaged('The checksum is wrong', where);
  return memorySource(bytes, entry.name);
}

/** The data begins after the local header (30 bytes), whose name and extra field have lengths of their own. */
async function dataOffset(
  source: SyncSource,
  { headerOffset, compressedSize, limit, name, method }: ZipEntry,
  where: string,
  options?: ReadOptions,
): Promise<number> {
  const header = viewOf(await source.read(headerOffset, LOCAL_BYTES, options));
  if (header.getUint32(0, true) !== LOCAL) throw damaged('There is no ZIP entry here', where, headerOffset);
  const nameLength = header.getUint16(26, true);
  const offset = headerOffset + LOCAL_BYTES + nameLength + header.getUint16(28, true);
  if (offset + compressedSize > limit) throw damaged('The ZIP entry overlaps what follows it', where, headerOffset);
  const ownName = await source.read(headerOffset + LOCAL_BYTES, nameLength, options);
  if (header.getUint16(8, true) !== method || new TextDecoder().decode(ownName) !== name) {
    throw damaged('The ZIP entry and the directory do not agree on its name and packing', where, headerOffset);
  }
  return offset;
}

function unreadable(how: string, where: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message: `The ZIP entry ${how}`,
    where,
    fix: 'Unpack the archive and pack it anew, stored or deflated.',
  });
}
