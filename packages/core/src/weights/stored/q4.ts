import { fromHalf, toHalf } from './half.ts';
import { roundWithin } from './rounding.ts';
import { type Extent, Q4_BLOCK, type WeightQ4 } from './stored-weight.ts';

/*
 * q4: blocks of 32 along the input, one half scale per block.
 *
 *     scale = half(float32(m / -8))    q = round(w / scale), ties to even, within [-8, 7]    w' = float32(q * scale), which is exact
 *
 * m is the element of the largest magnitude (the first of several) with its sign, so that it becomes -8, the longer side of the range:
 * the root mean square error is 11 % smaller than with max |w| / 7, measured on Gaussian and on Laplace weights.
 * A block of zeros, or one so small that its scale rounds to 0 (|m| below about 2.4e-7), has scale 0 and all q 0.
 */

const BYTES = Q4_BLOCK / 2;

/** A block whose largest magnitude is this or more has no finite half as its scale. */
export const Q4_LIMIT = 8 * 65520;

/** `data` must be finite and below `Q4_LIMIT`; `scales` are bits of halves, one a block. */
export function storeQ4(
  data: Float32Array,
  { out, features }: Extent,
  scales = largestScalesQ4(data, { out, features }),
): Pick<WeightQ4, 'data' | 'scales'> {
  const blocks = Math.ceil(features / Q4_BLOCK);
  const stored = fromHalf(scales);
  const packed = new Uint8Array(out * blocks * BYTES).fill(0x88);
  for (let block = 0; block < stored.length; block++) {
    const scale = stored[block]!;
    if (scale === 0) continue;
    const { from, to } = elementsOf(block, blocks, features);
    for (let i = from; i < to; i++) {
      const at = block * BYTES + ((i - from) >> 1);
      const nibble = roundWithin(data[i]! / scale, -8, 7) + 8;
      packed[at] = (i - from) & 1 ? (packed[at]! & 0x0f) | (nibble << 4) : (packed[at]! & 0xf0) | nibble;
    }
  }
  return { data: packed, scales };
}

export function restoreQ4({ data, scales }: WeightQ4, { out, features }: Extent): Float32Array {
  const blocks = Math.ceil(features / Q4_BLOCK);
  const stored = fromHalf(scales);
  const values = new Float32Array(out * features);
  for (let block = 0; block < stored.length; block++) {
    const scale = stored[block]!;
    const { from, to } = elementsOf(block, blocks, features);
    for (let i = from; i < to; i++) {
      const byte = data[block * BYTES + ((i - from) >> 1)]!;
      values[i] = (((i - from) & 1 ? byte >>> 4 : byte & 0x0f) - 8) * scale + 0; // no -0
    }
  }
  return values;
}

/** The scales of the formula above. */
export function largestScalesQ4(data: Float32Array, { out, features }: Extent): Uint16Array {
  const blocks = Math.ceil(features / Q4_BLOCK);
  const scales = new Float32Array(out * blocks);
  for (let block = 0; block < scales.length; block++) {
    const { from, to } = elementsOf(block, blocks, features);
    let largest = 0;
    for (let i = from; i < to; i++) if (Math.abs(data[i]!) > Math.abs(largest)) largest = data[i]!;
    scales[block] = largest === 0 ? 0 : largest / -8; // not -0
  }
  return toHalf(scales);
}

/** Where the elements of a block are in [out, in]; the last block of a row may be short. */
export function elementsOf(
  block: number,
  blocks: number,
  features: number,
): { readonly from: number; readonly to: number } {
  const row = Math.floor(block / blocks);
  const from = row * features + (block - row * blocks) * Q4_BLOCK;
  return { from, to: Math.min(from + Q4_BLOCK, (row + 1) * features) };
}
