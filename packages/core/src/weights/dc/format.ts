import { AlexNetError } from '../../error.ts';

/*
 * A dc part: float32 values of which most are 0 and the others are few different ones, in the spirit of Deep Compression (Han, Mao, Dally,
 * ICLR 2016): pruned, shared, and Huffman-coded. Little-endian.
 *
 *     0    u8            version, 1
 *     1    u8            0
 *     2    u16           different values K, 0 to 256
 *     4    u32           elements
 *     8    u32           elements that are not 0
 *    12    f32 [K]       the values, rising
 *          u8 [128]      lengths of the codes of gaps 0 to 255, 4 bits each, the lower half of a byte first
 *          u8 [ceil(K/2)] lengths of the codes of values
 *          bits          for each element that is not 0: the code of the gap, the code of the value; lowest bit of a byte first
 *          0 bits        up to the end of the byte, and on to at least one byte for 256 elements
 *
 * A gap is the number of zeros before the element; 255 means 255 zeros with no element after them, and another gap follows. Zeros after the
 * last element are not written. Codes are canonical, of at most 12 bits: a length of 0 means that the symbol does not occur; if one symbol
 * occurs alone, its length is 1 and its code 0.
 */

export const DC_VERSION = 1;
export const HEADER_BYTES = 12;
export const MAX_VALUES = 256;
export const GAPS = 256;
/** The gap that is no gap but 255 zeros more. */
export const SKIP = 255;
export const GAP_LENGTH_BYTES = GAPS / 2;
/** Bits of the longest code: a table of 4096 entries, 8 KB, stays in the innermost cache. */
export const CODE_BITS = 12;
/** What decodes is in proportion to what is there: a float32 takes at least 1/256 of a byte. */
export const ELEMENTS_PER_BYTE = 256;

/** Bytes from the start to the bits. */
export function bitsStart(values: number): number {
  return HEADER_BYTES + 4 * values + GAP_LENGTH_BYTES + Math.ceil(values / 2);
}

export function damagedPart(message: string, where: string): AlexNetError {
  return new AlexNetError({
    code: 'invalid-file',
    message,
    where: `dc part, ${where}`,
    fix: 'The file is damaged: get it again from its source.',
  });
}
