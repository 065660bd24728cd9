import { fromHalf, Q4_BLOCK, type StoredWeight, type WeightQ8, type Weights } from '@alexnet/core';
import { bytesOf, type ElementType } from './onnx.ts';

/** Parameters as a model holds them: some weights of linear layers stored in another precision, all others `f32`. */
export type HeldWeights = ReadonlyMap<string, StoredWeight>;

/** Everything as float32. */
export function heldAsFloats(weights: Weights): HeldWeights {
  return new Map([...weights].map(([name, { shape, data }]) => [name, { precision: 'f32', shape, data }]));
}

/**
 * What a model's constant shows of a parameter:
 * - `values`: as they are stored;
 * - `scales`: the scales of q8, [out], or of q4, [out, blocks], as float32;
 * - `blocks`, `blockScales`: q8 as MatMulNBits reads it, see `nbitsBlocks`.
 */
export type Part = 'values' | 'scales' | 'blocks' | 'blockScales';

const valueTypes = { f32: 'float32', f16: 'float16', q8: 'int8', q4: 'uint8' } as const;

/** The type of a part's elements. */
export function typeOf(precision: StoredWeight['precision'], part: Part): ElementType {
  if (part === 'values') return valueTypes[precision];
  return part === 'blocks' ? 'uint8' : 'float32';
}

/** `count` elements of a part, from the first on, little-endian. Views of what is stored where it is stored like that. */
export function partBytes(stored: StoredWeight, part: Part, from: number, count: number): Uint8Array {
  return bytesOf(elementsOf(stored, part).subarray(from, from + count));
}

function elementsOf(stored: StoredWeight, part: Part): StoredWeight['data'] {
  if (part === 'values') return stored.data;
  if (part === 'scales' && stored.precision === 'q4') return fromHalf(stored.scales);
  if (stored.precision !== 'q8') throw new RangeError(`${stored.precision} has no ${part}`);
  return part === 'scales' ? stored.scales : part === 'blocks' ? blocksOf(stored) : blockScalesOf(stored);
}

/** Neighbours along the input that share a scale in MatMulNBits: in q4 as it is stored, and in q8, which repeats the scale of its row. */
export const NBITS_BLOCK = { q4: Q4_BLOCK, q8: 128 } as const;

/** How many blocks make a row of `features`; the last is filled up. */
export function nbitsBlocks(precision: keyof typeof NBITS_BLOCK, features: number): number {
  return Math.ceil(features / NBITS_BLOCK[precision]);
}

/** What MatMulNBits takes for 0 in 8 bits. */
const ZERO = 128;

/** [out, blocks, 128], each q + 128. */
function blocksOf({ shape, data }: WeightQ8): Uint8Array {
  const [out, features] = shape as [number, number];
  const row = nbitsBlocks('q8', features) * NBITS_BLOCK.q8;
  const blocks = new Uint8Array(out * row).fill(ZERO);
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < features; i++) blocks[o * row + i] = data[o * features + i]! + ZERO;
  }
  return blocks;
}

/** [out, blocks] */
function blockScalesOf({ shape, scales }: WeightQ8): Float32Array {
  const blocks = nbitsBlocks('q8', shape[1]!);
  return Float32Array.from({ length: scales.length * blocks }, (_, i) => scales[Math.floor(i / blocks)]!);
}
