import type { ByteSource, ReadOptions } from '@alexnet/core';
import { damaged } from '../damaged.ts';
import { findDirectory, uint64, viewOf } from './records.ts';

/*
 * The central directory of a ZIP archive (APPNOTE.TXT 4.3.12). Each entry:
 *
 *   0 signature   8 flags   10 method   16 CRC-32   20 compressed size   24 size   28 name's length   30 extra's length
 *   32 comment's length   42 offset of the local header   46 name, extra, comment
 *
 * A size or offset of 0xffffffff stands in the extra field number 1 (zip64), in the order size, compressed size, offset.
 */

const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const IN_EXTRA = 0xffff_ffff;
const ZIP64 = 1;
const ENCRYPTED = 1;

/** 10^5 entries are more than any checkpoint has. */
const MAX_DIRECTORY_BYTES = 2 ** 24;

/** A file in an archive. */
export interface ZipEntry {
  /** Its path, with forward slashes. */
  readonly name: string;
  /** In bytes, as the directory declares it. */
  readonly size: number;
  readonly compressedSize: number;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  /** Where its local header begins. */
  readonly headerOffset: number;
  /** Where the next entry or the directory begins: its data ends before. */
  readonly limit: number;
}

/**
 * Reads the directory: by name, in its order, without folders.
 * Errors: `invalid-file` for what is cut off, overlaps, occurs twice, or has a path that leaves the archive.
 */
export async function readDirectory(source: ByteSource, options?: ReadOptions): Promise<Map<string, ZipEntry>> {
  const place = await findDirectory(source, options);
  if (place.size > MAX_DIRECTORY_BYTES) {
    throw damaged(`The ZIP directory takes ${place.size} bytes, more than ${MAX_DIRECTORY_BYTES}`, source.name);
  }
  const bytes = await source.read(place.offset, place.size, options);
  const entries: ZipEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { entry, next } = readEntry(bytes, at, source.name, place.offset);
    entries.push(entry);
    at = next;
  }
  if (entries.length !== place.entries) {
    throw damaged(`The ZIP directory has ${entries.length} entries, not ${place.entries}`, source.name, place.offset);
  }
  const byName = new Map<string, ZipEntry>();
  for (const entry of withLimits(entries, place.offset, source.name)) {
    if (byName.has(entry.name)) throw damaged('The ZIP archive has this entry twice', `entry ${quoted(entry.name)}`);
    byName.set(entry.name, entry);
  }
  for (const name of byName.keys()) if (name.endsWith('/')) byName.delete(name);
  return byName;
}

function readEntry(bytes: Uint8Array, at: number, where: string, base: number): { entry: ZipEntry; next: number } {
  const view = viewOf(bytes.subarray(at));
  if (view.byteLength < ENTRY_BYTES || view.getUint32(0, true) !== ENTRY) {
    throw damaged('The ZIP directory has no entry where one should be', where, base + at);
  }
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(field, true));
  const nameEnd = ENTRY_BYTES + nameLength!;
  const next = nameEnd + extraLength! + commentLength!;
  if (next > view.byteLength) throw damaged('A ZIP directory entry is cut off', where, base + at);
  const name = readName(bytes.subarray(at + ENTRY_BYTES, at + nameEnd), where, base + at);
  const inEntry = `entry ${quoted(name)}`;
  const short = {
    size: view.getUint32(24, true),
    compressed: view.getUint32(20, true),
    offset: view.getUint32(42, true),
  };
  const extra = zip64Extra(view, nameEnd, nameEnd + extraLength!);
  let used = 0;
  const long = (value: number): number => {
    if (value !== IN_EXTRA || extra === undefined) return value;
    if (used + 8 > extra.byteLength) throw damaged('The zip64 sizes are cut off', inEntry);
    used += 8;
    return uint64(extra, used - 8, inEntry);
  };
  const [size, compressedSize, headerOffset] = [long(short.size), long(short.compressed), long(short.offset)];
  const entry = {
    name,
    size,
    compressedSize,
    method: view.getUint16(10, true),
    encrypted: (view.getUint16(8, true) & ENCRYPTED) !== 0,
    crc32: view.getUint32(16, true),
    headerOffset,
    limit: 0,
  };
  return { entry, next: at + next };
}

/** The contents of extra field number 1, if it is there whole. */
function zip64Extra(view: DataView, start: number, end: number): DataView | undefined {
  for (let at = start; at + 4 <= end; ) {
    const [id, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (at + 4 + length > end) return undefined;
    if (id === ZIP64) return new DataView(view.buffer, view.byteOffset + at + 4, length);
    at += 4 + length;
  }
  return undefined;
}

/** Each entry's header, name and data must end before the next begins. */
function withLimits(entries: readonly ZipEntry[], directory: number, where: string): ZipEntry[] {
  const starts = entries.map(({ headerOffset }) => headerOffset).toSorted((a, b) => a - b);
  const next = new Map<number, number>();
  for (const [i, start] of starts.entries()) {
    if (!next.has(start)) next.set(start, starts[i + 1] ?? directory); // of two that begin at one place, neither has any room
  }
  return entries.map((entry) => {
    const limit = next.get(entry.headerOffset)!;
    if (entry.headerOffset + LOCAL_BYTES + entry.compressedSize > limit) {
      throw damaged(`The ZIP entry ${quoted(entry.name)} overlaps what follows it`, where, entry.headerOffset);
    }
    return { ...entry, limit };
  });
}

function readName(bytes: Uint8Array, where: string, offset: number): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw damaged('The name of a ZIP entry is not valid UTF-8', where, offset, cause);
  }
  const parts = name.replace(/\/$/, '').split('/');
  const inside = !/[\\:]|\p{Cc}/u.test(name) && parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (inside) return name;
  throw damaged(`The path ${quoted(name)} leaves the ZIP archive`, where, offset);
}

/** A name for a message. */
export function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
