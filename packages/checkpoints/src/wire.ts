import type { ByteSource, ReadOptions } from '@alexnet/core';
import { PbfReader } from 'pbf';
import { damaged } from './damaged.ts';

/*
 * Protocol buffers' wire format, walked over a file of any size: lengths are read, and what they span only when somebody asks.
 * pbf reads past the end of its buffer without a word (a cut message becomes a shorter one), so only its varints are used,
 * and no field may end after the message that it is in.
 */

/** Wire types of protocol buffers; 3 and 4 (groups) are not used by any format here. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Bytes that are read at once around the place where fields are walked. */
const WINDOW_BYTES = 2 ** 16;
/** A tag and a length or varint are no longer. */
const HEAD_BYTES = 20;
/** Over all messages of a file; networks here have a few thousand. A walk over many millions would take seconds. */
const MAX_FIELDS = 2 ** 18;
/** Names and paths are no longer. */
const MAX_TEXT_BYTES = 2 ** 16;

/** A part of a file: a message, a text, packed numbers. In bytes from the start of the file. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * One field: a varint (exact up to 2^53, negative for two's complement), a length-delimited part of the file, or numbers of 4 or 8 bytes.
 * Those that follow one another under the same tag, as an unpacked list does, are one field: `count` of them, `stride` bytes apart.
 */
export type Field =
  | { readonly kind: 'varint'; readonly number: number; readonly value: number }
  | { readonly kind: 'bytes'; readonly number: number; readonly range: ByteRange }
  | ({ readonly kind: 'fixed'; readonly number: number } & FixedRun);

export interface FixedRun {
  readonly width: 4 | 8;
  readonly offset: number;
  readonly count: number;
  readonly stride: number;
}

export interface WireFile {
  readonly source: ByteSource;
  /** Walks the fields of one message. Errors: `invalid-file` with `where` and the offset in the file, `aborted`. */
  fields(message: ByteRange, where: string): AsyncGenerator<Field, void, void>;
  /** The bytes of a field, at most `limit`. Errors: `invalid-file` when it has none, or more. */
  bytes(field: Field, limit: number, where: string): Promise<Uint8Array>;
  /** The text of a string field. Errors: `invalid-file` when it is not UTF-8. */
  text(field: Field, where: string): Promise<string>;
  /** The numbers of a packed list of at most `limit`, or the one of an unpacked list. Errors: `invalid-file`. */
  varints(field: Field, limit: number, where: string): Promise<number[]>;
}

/** A file of protocol buffers. */
export function wireFile(source: ByteSource, options: ReadOptions = {}): WireFile {
  let window = { start: 0, reader: new PbfReader(new Uint8Array(0)) };
  let walked = 0;

  /** A window that has the bytes from `at` on that a head may take, or all up to `end`. */
  async function windowAt(at: number, end: number, wanted = HEAD_BYTES): Promise<typeof window> {
    const past = Math.min(end, at + wanted);
    if (at < window.start || past > window.start + window.reader.length) {
      const bytes = await source.read(at, Math.min(WINDOW_BYTES, source.size - at), options);
      window = { start: at, reader: new PbfReader(bytes) };
    }
    return window;
  }

  /** How many values follow, each after the same tag, and in how many bytes each. */
  async function fixedRun(tagAt: number, offset: number, end: number, width: 4 | 8): Promise<FixedRun> {
    const stride = offset - tagAt + width;
    const first = await windowAt(tagAt, end, stride);
    const tag = first.reader.buf.slice(tagAt - first.start, offset - first.start);
    let count = 1;
    for (let at = tagAt + stride; at + stride <= end; ) {
      const { start, reader } = await windowAt(at, end, stride);
      const past = Math.min(end, start + reader.length);
      for (; at + stride <= past && holds(reader.buf, at - start, tag); at += stride) count++;
      if (at + stride <= past) break;
    }
    return { width, offset, count, stride };
  }

  async function* fields({ offset, length }: ByteRange, where: string): AsyncGenerator<Field, void, void> {
    const end = offset + length;
    for (let at = offset; at < end; ) {
      if (++walked > MAX_FIELDS) throw damaged(`There are more than ${MAX_FIELDS} fields`, source.name, at);
      const { start, reader } = await windowAt(at, end);
      reader.pos = at - start;
      const varint = () => readVarint(reader, start, end, where);
      const tagAt = at;
      const tag = varint();
      const number = Math.floor(tag / 8);
      if (number < 1 || number >= 2 ** 29) throw damaged(`The field number ${number} does not exist`, where, at);
      const type = tag % 8;
      if (type === VARINT) {
        const value = varint();
        at = start + reader.pos;
        yield { kind: 'varint', number, value };
        continue;
      }
      const size = sizeOf(type, varint);
      if (size === undefined) throw damaged(`The wire type ${type} is not used here`, where, at);
      at = start + reader.pos;
      if (size < 0 || size > end - at) {
        throw damaged(`A field of ${size} bytes is cut off: ${end - at} are left`, where, at);
      }
      if (type === BYTES) {
        yield { kind: 'bytes', number, range: { offset: at, length: size } };
        at += size;
      } else {
        const run = await fixedRun(tagAt, at, end, type === FIXED32 ? 4 : 8);
        yield { kind: 'fixed', number, ...run };
        at += run.stride * (run.count - 1) + run.width;
      }
    }
  }

  async function bytesOf(field: Field, limit: number, where: string): Promise<Uint8Array> {
    const { offset, length } = rangeOf(field, where);
    if (length <= limit) return source.read(offset, length, options);
    throw damaged(`A field of ${length} bytes stands where at most ${limit} should be`, where, offset);
  }

  return {
    source,
    fields,
    bytes: bytesOf,
    async text(field, where) {
      const encoded = await bytesOf(field, MAX_TEXT_BYTES, where);
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(encoded);
      } catch (cause) {
        throw damaged('A name is not valid UTF-8', where, undefined, cause);
      }
    },
    async varints(field, limit, where) {
      if (field.kind === 'varint') return [field.value];
      const reader = new PbfReader(await bytesOf(field, 10 * limit, where));
      const values: number[] = [];
      while (reader.pos < reader.length) {
        if (values.push(readVarint(reader, 0, reader.length, where)) <= limit) continue;
        throw damaged(`There are more than ${limit} numbers in a list`, where);
      }
      return values;
    },
  };
}

/** The part of the file that a length-delimited field spans. Errors: `invalid-file` when it is a number. */
export function rangeOf(field: Field, where: string): ByteRange {
  if (field.kind === 'bytes') return field.range;
  throw damaged('A number stands where bytes should be', where);
}

/** The number of a varint field. Errors: `invalid-file` when the field has bytes. */
export function numberOf(field: Field, where: string): number {
  if (field.kind === 'varint') return field.value;
  throw damaged('Bytes stand where a number should be', where);
}

/** Whether `bytes` has `part` at `at`; in a loop, as lists of millions of values come unpacked. */
function holds(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  for (let i = 0; i < part.length; i++) if (bytes[at + i] !== part[i]) return false;
  return true;
}

/** How many bytes of the field follow its head; undefined for a wire type that is not used. */
function sizeOf(type: number, varint: () => number): number | undefined {
  if (type === BYTES) return varint();
  if (type === FIXED64) return 8;
  return type === FIXED32 ? 4 : undefined;
}

/** Reads a varint that may not reach past `end`. Errors: `invalid-file`. */
export function readVarint(reader: PbfReader, start: number, end: number, where: string): number {
  const at = start + reader.pos;
  try {
    const value = reader.readVarint(true); // past the end of the buffer it finds no last byte, and throws
    if (start + reader.pos <= end) return value;
  } catch {
    // said below, with the place
  }
  throw damaged('A number is cut off or longer than 10 bytes', where, at);
}
