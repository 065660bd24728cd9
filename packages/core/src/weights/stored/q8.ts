import { roundWithin } from './rounding.ts';
import type { Extent, WeightQ8 } from './stored-weight.ts';

/*
 * q8: symmetric, one float32 scale per row (output).
 *
 *     scale = float32(max |w| / 127)    q = round(w / scale), ties to even, within [-127, 127]    w' = float32(q * scale)
 *
 * A row of zeros, or one so small that its scale rounds to 0 (max |w| below about 1e-43), has scale 0 and all q 0.
 */

/** `data` must be finite; `scales` are one a row. */
export function storeQ8(
  data: Float32Array,
  { out, features }: Extent,
  scales = largestScalesQ8(data, { out, features }),
): Pick<WeightQ8, 'data' | 'scales'> {
  const quantised = new Int8Array(data.length);
  for (let o = 0; o < out; o++) {
    const [from, to] = [o * features, (o + 1) * features];
    const scale = scales[o]!;
    if (scale === 0) continue;
    // the float64 quotient of two float32 numbers is never rounded to a tie that it is not
    for (let i = from; i < to; i++) quantised[i] = roundWithin(data[i]! / scale, -127, 127);
  }
  return { data: quantised, scales };
}

export function restoreQ8({ data, scales }: WeightQ8, { out, features }: Extent): Float32Array {
  const values = new Float32Array(data.length);
  for (let o = 0; o < out; o++) {
    const scale = scales[o]!;
    for (let i = o * features; i < (o + 1) * features; i++) values[i] = data[i]! * scale;
  }
  return values;
}

/** The scales of the formula above. */
export function largestScalesQ8(data: Float32Array, { out, features }: Extent): Float32Array {
  const scales = new Float32Array(out);
  for (let o = 0; o < out; o++) {
    let largest = 0;
    for (let i = o * features; i < (o + 1) * features; i++) largest = Math.max(largest, Math.abs(data[i]!));
    scales[o] = largest / 127;
  }
  return scales;
}
