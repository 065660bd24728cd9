import { roundWithin } from '../weights/stored/rounding.ts';

/*
 * How a value is held in 8 bits, without sign:
 *
 *     q = min(255, max(0, round(x / scale) + zeroPoint)), ties to even        x' = (q - zeroPoint) * scale
 *
 * Zero is held exactly, so that zero padding and ReLU mean the same in 8 bits. A quantised ReLU has zero point 0: what is below zero is cut off
 * by the lowest q, and no engine needs a step for it.
 */

export interface Quantisation {
  /** float32, above 0: the distance between neighbours. */
  readonly scale: number;
  /** The q that means 0, a whole number from 0 to 255. */
  readonly zeroPoint: number;
}

export const LARGEST_Q = 255;

/** The smallest scale that holds a range, widened to take in zero. A range of nothing but zero has scale 1. */
export function quantisationOf(low: number, high: number): Quantisation {
  const from = Math.min(0, low);
  const scale = Math.fround((Math.max(0, high) - from) / LARGEST_Q);
  return scale === 0 ? { scale: 1, zeroPoint: 0 } : { scale, zeroPoint: roundWithin(-from / scale, 0, LARGEST_Q) };
}

/** In place: x becomes q - zeroPoint, whole numbers. NaN becomes 0. */
export function toSteps(data: Float64Array, { scale, zeroPoint }: Quantisation): void {
  for (let i = 0; i < data.length; i++) {
    data[i] = roundWithin(data[i]! / scale, -zeroPoint, LARGEST_Q - zeroPoint) || 0;
  }
}

/** In place: whole numbers become values. */
export function fromSteps(data: Float64Array, { scale }: Quantisation): void {
  for (let i = 0; i < data.length; i++) data[i]! *= scale;
}
