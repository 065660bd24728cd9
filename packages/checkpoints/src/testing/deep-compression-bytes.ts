import { concatBytes } from '@alexnet/core';

/** One layer of a .net file for tests. */
export interface CompressedLayer {
  readonly bits: 8 | 4;
  readonly codebook: readonly number[];
  readonly biases: readonly number[];
  /** Entries: code and gap. */
  readonly entries: readonly (readonly [code: number, gap: number])[];
}

/** The bytes of a .net file. */
export function netBytes(layers: readonly CompressedLayer[]): Uint8Array {
  const counts = Uint32Array.from(layers, ({ entries }) => entries.length);
  const parts = layers.flatMap(({ bits, codebook, biases, entries }) => {
    const codes = entries.map(([code]) => code);
    const book = Float32Array.from({ length: 2 ** bits }, (_, i) => codebook[i] ?? 0);
    const packed = bits === 8 ? Uint8Array.from(codes) : nibbles(codes);
    return [bytesOf(book), bytesOf(Float32Array.from(biases)), packed, nibbles(entries.map(([, gap]) => gap))];
  });
  return concatBytes([bytesOf(counts), ...parts]);
}

function bytesOf(data: Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(data.buffer);
}

/** Values of four bits, two a byte, the first in the low half. */
function nibbles(values: readonly number[]): Uint8Array {
  const packed = new Uint8Array(Math.ceil(values.length / 2));
  for (const [i, value] of values.entries()) packed[i >> 1]! |= value << (4 * (i & 1));
  return packed;
}
