import { concatBytes } from '@alexnet/core';

/*
 * The opcodes of a protocol 2 pickle that arrays need. Python 2's strings (`SHORT_BINSTRING`) where numpy had them when it was Python 2:
 * `numpy.load` reads them with `encoding='bytes'` and `'latin1'`. Nothing is put into the memo: without it the same values give the same bytes.
 */

export const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
export const PROTO_2 = bytes(0x80, 2);
export const MARK = bytes(0x28);
export const EMPTY_TUPLE = bytes(0x29);
export const EMPTY_LIST = bytes(0x5d);
export const EMPTY_DICT = bytes(0x7d);
export const APPENDS = bytes(0x65);
export const SETITEMS = bytes(0x75);
export const TUPLE = bytes(0x74);
export const REDUCE = bytes(0x52);
export const BUILD = bytes(0x62);
export const NONE = bytes(0x4e);
export const FALSE = bytes(0x89);
export const TRUE = bytes(0x88);
export const STOP = bytes(0x2e);

const utf8 = (letters: string) => new TextEncoder().encode(letters);

function little(value: number): Uint8Array {
  const four = new Uint8Array(4);
  new DataView(four.buffer).setInt32(0, value, true);
  return four;
}

export const global = (module: string, name: string): Uint8Array => utf8(`c${module}\n${name}\n`);
export const integer = (value: number): Uint8Array => concatBytes([bytes(0x4a), little(value)]);
export const shortString = (ascii: string): Uint8Array => concatBytes([bytes(0x55, ascii.length), utf8(ascii)]);
/** What stands before the bytes of a Python 2 string. */
export const stringHeader = (length: number): Uint8Array => concatBytes([bytes(0x54), little(length)]);
export const tuple = (...items: readonly Uint8Array[]): Uint8Array => concatBytes([MARK, ...items, TUPLE]);

/** A text, `unicode` in Python 2. */
export function text(value: string): Uint8Array {
  const encoded = utf8(value);
  return concatBytes([bytes(0x58), little(encoded.length), encoded]);
}

/** `dtype('f4')` in little-endian order, or `dtype('O8')` of objects, with the state that numpy gives them. */
function dtype(code: string, order: string, flags: number): Uint8Array {
  const state = tuple(integer(3), shortString(order), NONE, NONE, NONE, integer(-1), integer(-1), integer(flags));
  const made = concatBytes([global('numpy', 'dtype'), tuple(shortString(code), FALSE, TRUE), REDUCE]);
  return concatBytes([made, state, BUILD]);
}

const emptyArray = concatBytes([
  global('numpy.core.multiarray', '_reconstruct'),
  tuple(global('numpy', 'ndarray'), tuple(integer(0)), shortString('b')),
  REDUCE,
]);

/** What stands before and after the values of an array of float32. */
export function float32Array(shape: readonly number[], byteLength: number): { before: Uint8Array; after: Uint8Array } {
  const facts = [integer(1), tuple(...shape.map(integer)), dtype('f4', '<', 0), FALSE];
  return {
    before: concatBytes([emptyArray, MARK, ...facts, stringHeader(byteLength)]),
    after: concatBytes([TUPLE, BUILD]),
  };
}

/** What stands before and after the one object of an array of shape (). */
export function objectArray(): { before: Uint8Array; after: Uint8Array } {
  return {
    before: concatBytes([emptyArray, MARK, integer(1), EMPTY_TUPLE, dtype('O8', '|', 63), FALSE, EMPTY_LIST, MARK]),
    after: concatBytes([APPENDS, TUPLE, BUILD]),
  };
}
