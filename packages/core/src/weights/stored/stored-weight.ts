import type { Shape } from '../../tensor.ts';

/*
 * A linear layer's weight [out, in] as a device holds it, in each precision. What it means is its dequantised float32 value
 * (`restoreWeight`), and nothing else: programs and the oracle compute with that.
 */

export interface WeightF32 {
  readonly precision: 'f32';
  readonly shape: Shape;
  /** [out, in] */
  readonly data: Float32Array;
}

export interface WeightF16 {
  readonly precision: 'f16';
  readonly shape: Shape;
  /** [out, in], bits of halves. */
  readonly data: Uint16Array;
}

export interface WeightQ8 {
  readonly precision: 'q8';
  readonly shape: Shape;
  /** [out, in], from -127 to 127. */
  readonly data: Int8Array;
  /** [out] */
  readonly scales: Float32Array;
}

export interface WeightQ4 {
  readonly precision: 'q4';
  readonly shape: Shape;
  /**
   * [out, blocks, 16], blocks = ceil(in / 32). Byte b of a block holds element 2b in its low four bits and 2b + 1 in its high four,
   * each as q + 8. The last block is filled up with zeros (q = 0, so 8).
   */
  readonly data: Uint8Array;
  /** [out, blocks], bits of halves. */
  readonly scales: Uint16Array;
}

export type StoredWeight = WeightF32 | WeightF16 | WeightQ8 | WeightQ4;

/** How many neighbours along the input share a scale in q4. */
export const Q4_BLOCK = 32;

/** The shape [out, in] of a weight, by name. */
export interface Extent {
  readonly out: number;
  readonly features: number;
}
