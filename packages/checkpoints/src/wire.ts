import { AlexNetError } from '@alexnet/core';
import { PbfReader } from 'pbf';
import { damaged } from './damaged.ts';

/*
 * Protocol buffers' wire format, with every length checked.
 * pbf reads past the end of its buffer without a word (a cut message becomes a shorter one), so only its varints are used,
 * and each message is a subarray of its own: nothing inside can reach what lies outside.
 */

/** Wire types of protocol buffers; 3 and 4 (groups) are not used by any format here. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** One field: a varint as a number (exact up to 2^53, negative for two's complement), everything else as its bytes. */
export interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/** Walks the fields of one message. Errors: `invalid-file` with `where` and the offset inside the message. */
export function* readFields(message: Uint8Array, where: string): Generator<Field, void, void> {
  const reader = new PbfReader(message);
  while (reader.pos < message.length) {
    const tag = readVarint(reader, where);
    const number = Math.floor(tag / 8);
    if (number < 1 || number >= 2 ** 29) throw damaged(`The field number ${number} does not exist`, where, reader.pos);
    yield { number, value: readValue(reader, tag % 8, where) };
  }
}

/** The varints of a packed repeated field, or the one of an unpacked field, one after the other. */
export function* readVarints(value: Field['value'], where: string): Generator<number, void, void> {
  if (typeof value === 'number') {
    yield value;
    return;
  }
  const reader = new PbfReader(value);
  while (reader.pos < value.length) yield readVarint(reader, where);
}

/** The bytes of a length-delimited field. Errors: `invalid-file` when the field is a varint. */
export function bytesOf(value: Field['value'], where: string): Uint8Array {
  if (typeof value !== 'number') return value;
  throw damaged('A number stands where bytes should be', where);
}

/** The number of a varint field. Errors: `invalid-file` when the field has bytes. */
export function numberOf(value: Field['value'], where: string): number {
  if (typeof value === 'number') return value;
  throw damaged('Bytes stand where a number should be', where);
}

/** The text of a string field. Errors: `invalid-file` when it is not UTF-8. */
export function textOf(value: Field['value'], where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesOf(value, where));
  } catch (cause) {
    if (cause instanceof AlexNetError) throw cause;
    throw damaged('A name is not valid UTF-8', where);
  }
}

function readValue(reader: PbfReader, type: number, where: string): number | Uint8Array {
  switch (type) {
    case VARINT:
      return readVarint(reader, where);
    case FIXED64:
      return take(reader, 8, where);
    case BYTES:
      return take(reader, readVarint(reader, where), where);
    case FIXED32:
      return take(reader, 4, where);
    default:
      throw damaged(`The wire type ${type} is not used here`, where, reader.pos);
  }
}

function take(reader: PbfReader, length: number, where: string): Uint8Array {
  const left = reader.length - reader.pos;
  if (length < 0 || length > left)
    throw damaged(`A field of ${length} bytes is cut off: ${left} are left`, where, reader.pos);
  reader.pos += length;
  return reader.buf.subarray(reader.pos - length, reader.pos);
}

function readVarint(reader: PbfReader, where: string): number {
  const start = reader.pos;
  try {
    return reader.readVarint(true); // past the end it finds no last byte, and throws
  } catch {
    throw damaged('A number is cut off or longer than 10 bytes', where, start);
  }
}
