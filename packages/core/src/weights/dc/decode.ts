import {
  bitsStart,
  CODE_BITS,
  DC_VERSION,
  damagedPart,
  ELEMENTS_PER_BYTE,
  GAP_LENGTH_BYTES,
  GAPS,
  HEADER_BYTES,
  MAX_VALUES,
  SKIP,
} from './format.ts';
import { decodeTable } from './huffman.ts';

interface Part {
  readonly kept: number;
  readonly values: Float32Array;
  readonly gapTable: Uint16Array;
  readonly valueTable: Uint16Array;
  /** The bits, and four bytes more. */
  readonly bits: Uint8Array;
}

/**
 * The float32 values of a dc part that must have so many elements. Takes memory for these, and for a copy of the bytes.
 * Errors: `invalid-file` for bytes that no encoder wrote.
 */
export function decodeDc(bytes: Uint8Array, elements: number): Float32Array {
  const part = readPart(bytes, elements);
  const output = new Float32Array(elements);
  const end = fill(output, part);
  if (end > 8 * (part.bits.length - 4)) throw damagedPart('The bits end too early', 'bits');
  if (!isZeroFrom(part.bits, end)) throw damagedPart('Something follows the last element', `bit ${end}`);
  return output;
}

/** Puts the elements in their places and says at which bit they ended. */
function fill(output: Float32Array, { kept, values, gapTable, valueTable, bits }: Part): number {
  const elements = output.length;
  const lastBit = 8 * (bits.length - 4);
  const mask = (1 << CODE_BITS) - 1;
  let at = 0;
  let bit = 0;
  for (let count = 0; count < kept; ) {
    if (bit >= lastBit) throw damagedPart('The bits end too early', `element ${at}`);
    const byte = bit >>> 3;
    // at least 25 bits, of which two codes take 24
    const word =
      (bits[byte]! | (bits[byte + 1]! << 8) | (bits[byte + 2]! << 16) | (bits[byte + 3]! << 24)) >>> (bit & 7);
    const gap = gapTable[word & mask]!;
    const gapBits = gap & 15;
    bit += gapBits;
    at += gap >>> 4;
    if (at >= elements) throw damagedPart('A gap leads beyond the end', `element ${at}`);
    if (gap >>> 4 === SKIP) continue;
    const value = valueTable[(word >>> gapBits) & mask]!;
    bit += value & 15;
    output[at++] = values[value >>> 4]!;
    count++;
  }
  return bit;
}

function readPart(bytes: Uint8Array, elements: number): Part {
  if (bytes.length < HEADER_BYTES) throw damagedPart(`${bytes.length} bytes are no header`, 'header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = view.getUint16(2, true);
  const kept = view.getUint32(8, true);
  if (view.getUint8(0) !== DC_VERSION || view.getUint8(1) !== 0) throw damagedPart('The version is unknown', 'header');
  if (view.getUint32(4, true) !== elements) {
    throw damagedPart(`It has ${view.getUint32(4, true)} elements, not ${elements}`, 'header');
  }
  const start = bitsStart(count);
  if (count > MAX_VALUES || start > bytes.length) throw damagedPart(`${count} values do not fit`, 'header');
  if (kept > elements || elements > ELEMENTS_PER_BYTE * bytes.length) {
    throw damagedPart(`${bytes.length} bytes do not hold ${kept} of ${elements} elements`, 'header');
  }
  const lengthsStart = HEADER_BYTES + 4 * count;
  const lengths = bytes.subarray(lengthsStart, start);
  const bits = new Uint8Array(bytes.length - start + 4);
  bits.set(bytes.subarray(start));
  return {
    kept,
    values: readValues(view, count),
    gapTable: tableOf(lengths.subarray(0, GAP_LENGTH_BYTES), GAPS, kept, 'gaps'),
    valueTable: tableOf(lengths.subarray(GAP_LENGTH_BYTES), count, kept, 'values'),
    bits,
  };
}

function readValues(view: DataView, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const value = view.getFloat32(HEADER_BYTES + 4 * i, true);
    if (!Number.isFinite(value) || value === 0) throw damagedPart(`The value ${value} is not allowed`, `value ${i}`);
    if (i > 0 && value <= values[i - 1]!) throw damagedPart('The values do not rise', `value ${i}`);
    values[i] = value;
  }
  return values;
}

function tableOf(packed: Uint8Array, symbols: number, kept: number, where: string): Uint16Array {
  const lengths = new Uint8Array(2 * packed.length);
  for (const [i, byte] of packed.entries()) {
    lengths[2 * i] = byte & 15;
    lengths[2 * i + 1] = byte >> 4;
  }
  const isUnused = lengths.every((length) => length === 0);
  if (kept === 0 && isUnused) return new Uint16Array(0);
  const table = kept === 0 || lengths.subarray(symbols).some((length) => length > 0) ? undefined : decodeTable(lengths);
  if (table === undefined) throw damagedPart('The code lengths are no complete code', where);
  return table;
}

function isZeroFrom(bits: Uint8Array, from: number): boolean {
  const byte = from >>> 3;
  return bits[byte]! >> (from & 7) === 0 && bits.subarray(byte + 1).every((rest) => rest === 0);
}
