import { AlexNetError } from '../../error.ts';
import {
  bitsStart,
  DC_VERSION,
  ELEMENTS_PER_BYTE,
  GAP_LENGTH_BYTES,
  GAPS,
  HEADER_BYTES,
  MAX_VALUES,
  SKIP,
} from './format.ts';
import { codeLengths, codesOf } from './huffman.ts';

/**
 * Encodes values of which at most 256 are different, zeros not counted. Nothing is lost but the sign of zeros; the same values give the
 * same bytes. It pays where most are 0 (`shareWeights`). Errors: `invalid-weights` for more different values, NaN or infinities.
 */
export function encodeDc(values: Float32Array): Uint8Array {
  const book = distinctValues(values);
  const { gaps, codes, kept } = symbolsOf(values, book);
  const gapLengths = codeLengths(histogram(gaps, GAPS));
  const valueLengths = codeLengths(histogram(codes, book.length));
  const start = bitsStart(book.length);
  const bits = sumOf(gaps, gapLengths) + sumOf(codes, valueLengths);
  const size = Math.max(start + Math.ceil(bits / 8), Math.ceil(values.length / ELEMENTS_PER_BYTE));

  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, DC_VERSION);
  view.setUint16(2, book.length, true);
  view.setUint32(4, values.length, true);
  view.setUint32(8, kept, true);
  for (const [i, value] of book.entries()) view.setFloat32(HEADER_BYTES + 4 * i, value, true);
  const lengthsStart = HEADER_BYTES + 4 * book.length;
  packLengths(bytes, lengthsStart, gapLengths);
  packLengths(bytes, lengthsStart + GAP_LENGTH_BYTES, valueLengths);
  writeBits(bytes.subarray(start), gaps, codes, gapLengths, valueLengths);
  return bytes;
}

/** All values but 0, rising. */
function distinctValues(values: Float32Array): Float32Array {
  const seen = new Set<number>();
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === 0) continue;
    seen.add(value);
    if (seen.size > MAX_VALUES || !Number.isFinite(value)) {
      throw new AlexNetError({
        code: 'invalid-weights',
        message: `dc holds at most ${MAX_VALUES} different finite values, and these are more, or not finite`,
        where: `element ${i}`,
        fix: 'Share the weights first.',
      });
    }
  }
  return Float32Array.from(seen).sort();
}

interface Symbols {
  readonly gaps: Uint8Array;
  readonly codes: Uint8Array;
  readonly kept: number;
}

/** Every gap, skips among them, and every element's place in the book. */
function symbolsOf(values: Float32Array, book: Float32Array): Symbols {
  const placeOf = new Map([...book].map((value, place) => [value, place]));
  const gaps = new Uint8Array(values.length); // never more: a skip passes 255 elements
  const codes = new Uint8Array(values.length);
  let gapCount = 0;
  let kept = 0;
  let last = -1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === 0) continue;
    let gap = i - last - 1;
    for (; gap >= SKIP; gap -= SKIP) gaps[gapCount++] = SKIP;
    gaps[gapCount++] = gap;
    codes[kept++] = placeOf.get(value)!;
    last = i;
  }
  return { gaps: gaps.subarray(0, gapCount), codes: codes.subarray(0, kept), kept };
}

function histogram(symbols: Uint8Array, size: number): Float64Array {
  const counts = new Float64Array(size);
  for (let i = 0; i < symbols.length; i++) counts[symbols[i]!]!++;
  return counts;
}

function sumOf(symbols: Uint8Array, lengths: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < symbols.length; i++) sum += lengths[symbols[i]!]!;
  return sum;
}

function packLengths(bytes: Uint8Array, start: number, lengths: Uint8Array): void {
  for (const [symbol, length] of lengths.entries()) bytes[start + (symbol >> 1)]! |= length << (4 * (symbol & 1));
}

function writeBits(
  bytes: Uint8Array,
  gaps: Uint8Array,
  codes: Uint8Array,
  gapLengths: Uint8Array,
  valueLengths: Uint8Array,
): void {
  const gapCodes = codesOf(gapLengths);
  const valueCodes = codesOf(valueLengths);
  let byte = 0;
  let pending = 0; // the lowest bits, fewer than 8 between codes
  let count = 0;
  const write = (code: number, length: number) => {
    pending |= code << count;
    for (count += length; count >= 8; count -= 8) {
      bytes[byte++] = pending;
      pending >>>= 8;
    }
  };
  let next = 0;
  for (let i = 0; i < gaps.length; i++) {
    const gap = gaps[i]!;
    write(gapCodes[gap]!, gapLengths[gap]!);
    if (gap === SKIP) continue;
    const code = codes[next++]!;
    write(valueCodes[code]!, valueLengths[code]!);
  }
  if (count > 0) bytes[byte] = pending;
}
