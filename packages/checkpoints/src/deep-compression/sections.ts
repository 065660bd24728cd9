import type { ByteSource, ReadOptions } from '@alexnet/core';
import { damaged } from '../damaged.ts';

/*
 * The format of songhan/Deep-Compression-AlexNet (Han, Mao and Dally, ICLR 2016), as its decode.py reads it; little-endian, and without
 * shapes:
 *
 *   counts     uint32 for each layer: entries of the sparse weight, fillers included
 *   then for each layer
 *   codebook   float32, 256 for a convolution, 16 for a linear layer
 *   biases     float32, one for each output
 *   codes      one for each entry, of 8 or 4 bits, the low four first
 *   gaps       one for each entry, of 4 bits: the elements between it and the entry before. Where there are more than 15 stands a filler,
 *              an entry with code 0 and gap 15
 *
 * Elements without an entry have code 0, which means 0.
 */

/** Where the parts of one layer are; offsets in bytes from the start of the file. */
export interface Section {
  readonly entries: number;
  readonly bits: 8 | 4;
  readonly codebook: number;
  readonly biases: number;
  readonly codes: number;
  readonly gaps: number;
  readonly end: number;
}

export type LayerKind = 'conv2d' | 'linear';

export const bitsOf = { conv2d: 8, linear: 4 } as const;
const COUNT_BYTES = 4;
export const FLOAT_BYTES = 4;

/** How many entries each layer has. Errors: `invalid-file`, `aborted`. */
export async function readCounts(source: ByteSource, layers: number, options: ReadOptions): Promise<number[]> {
  const length = layers * COUNT_BYTES;
  if (source.size < length) throw damaged(`The file has ${source.size} bytes, fewer than the counts`, source.name);
  const bytes = await source.read(0, length, options);
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  return Array.from({ length: layers }, (_, i) => view.getUint32(i * COUNT_BYTES, true));
}

/** Where everything is when the layers have these kinds, entries and numbers of outputs. */
export function sectionsOf(
  layers: readonly { readonly op: LayerKind; readonly entries: number; readonly outputs: number }[],
): Section[] {
  let at = layers.length * COUNT_BYTES;
  return layers.map(({ op, entries, outputs }) => {
    const bits = bitsOf[op];
    const codebook = at;
    const biases = codebook + 2 ** bits * FLOAT_BYTES;
    const codes = biases + outputs * FLOAT_BYTES;
    const gaps = codes + Math.ceil((entries * bits) / 8);
    at = gaps + Math.ceil(entries / 2);
    return { entries, bits, codebook, biases, codes, gaps, end: at };
  });
}

/** The bytes of a file with these layers. */
export function fileBytes(sections: readonly Section[]): number {
  return sections.at(-1)?.end ?? 0;
}
