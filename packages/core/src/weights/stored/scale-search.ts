import { fromHalf, toHalf } from './half.ts';
import { elementsOf, largestScalesQ4 } from './q4.ts';
import { largestScalesQ8 } from './q8.ts';
import { roundWithin } from './rounding.ts';
import { type Extent, Q4_BLOCK } from './stored-weight.ts';

/*
 * The scale of least squared error. With q(s) = round(w / s) within its limits, minimise over s
 *
 *     E(s) = sum h (w - q(s) s)^2        h: what the element's input is worth
 *
 * E is piecewise quadratic in s with many minima. Scales around the largest magnitude's are tried; the best are then improved: for a fixed q
 * the best scale is s = sum h w q / sum h q^2, which has a better q, and so on until nothing gets better. The plain scale is tried too
 * and what is kept is measured as it will be stored: no group is worse than without a search.
 */

/** A group of elements that share a scale. */
interface Group {
  readonly data: Float32Array;
  readonly from: number;
  readonly to: number;
  /** h of each feature, and the feature of the first element. */
  readonly importance: Float64Array;
  readonly feature: number;
  readonly low: number;
  readonly high: number;
}

/** Parts of the plain q8 scale, and the distances at which a better one is looked for on both sides of the best. */
const Q8_FACTORS = Array.from({ length: 8 }, (_, i) => (i + 1) / 8);
const Q8_STEPS = [1 / 16, 1 / 32, 1 / 64, 1 / 128];

/** One float32 scale a row. `data` [out, in] must be finite. */
export function searchScalesQ8(
  data: Float32Array,
  { out, features }: Extent,
  importance: Float64Array = new Float64Array(features).fill(1),
): Float32Array {
  const scales = largestScalesQ8(data, { out, features });
  for (let o = 0; o < out; o++) {
    const plain = scales[o]!;
    if (plain === 0) continue;
    const group = { data, from: o * features, to: (o + 1) * features, importance, feature: 0, low: -127, high: 127 };
    let best = bestOf(group, Q8_FACTORS, plain);
    for (const step of Q8_STEPS) best = bestOf(group, [best.factor - step, best.factor + step], plain, best);
    scales[o] = improve(group, plain, [best.factor * plain], Math.fround);
  }
  return scales;
}

/** Around the scale that makes the largest magnitude -8, and, with the other sign, around that which makes it 7. */
const Q4_FACTORS = Array.from({ length: 20 }, (_, i) => 0.66 + i * 0.025);
/** Where the largest values may be worth little, and be cut off. */
const Q4_WIDE_FACTORS = Array.from({ length: 35 }, (_, i) => 0.285 + i * 0.025);

/** Bits of one half scale for each block of 32. `data` [out, in] must be finite and below `Q4_LIMIT`. */
export function searchScalesQ4(data: Float32Array, { out, features }: Extent, worth?: Float64Array): Uint16Array {
  const importance = worth ?? new Float64Array(features).fill(1);
  const factors = worth === undefined ? Q4_FACTORS : Q4_WIDE_FACTORS;
  const plain = fromHalf(largestScalesQ4(data, { out, features }));
  const blocks = Math.ceil(features / Q4_BLOCK);
  const half = nearestHalf();
  const scales = plain.map((scale, block) => {
    if (scale === 0) return scale;
    const { from, to } = elementsOf(block, blocks, features);
    const group = { data, from, to, importance, feature: from % features, low: -8, high: 7 };
    const other = (scale * -8) / 7;
    return improve(
      group,
      scale,
      [bestOf(group, factors, scale).factor * scale, bestOf(group, factors, other).factor * other],
      half,
    );
  });
  return toHalf(scales);
}

interface Candidate {
  readonly factor: number;
  readonly error: number;
}

/** The factor whose multiple of the scale has the smallest error, by a measure that is quick and nearly right. */
function bestOf(group: Group, factors: readonly number[], scale: number, before?: Candidate): Candidate {
  let best = before ?? { factor: 1, error: Number.POSITIVE_INFINITY };
  for (const factor of factors) {
    const error = quickError(group, factor * scale);
    if (error < best.error) best = { factor, error };
  }
  return best;
}

/** The best of the plain scale and what the others become, as it is stored. */
function improve(group: Group, plain: number, starts: readonly number[], stored: (scale: number) => number): number {
  let best = plain;
  let least = errorOf(group, plain);
  for (const start of starts) {
    let scale = stored(start);
    // a scale that is stored as 0 or infinity is none
    for (let before = Number.POSITIVE_INFINITY; scale !== 0 && Number.isFinite(scale); ) {
      const error = errorOf(group, scale);
      if (error < least) {
        least = error;
        best = scale;
      }
      if (error >= before) break;
      before = error;
      scale = stored(leastSquares(group, scale));
    }
  }
  return best;
}

function quickError({ data, from, to, importance, feature, low, high }: Group, scale: number): number {
  const inverse = 1 / scale;
  const shift = feature - from;
  let sum = 0;
  for (let i = from; i < to; i++) {
    const value = data[i]!;
    const error = value - roundWithin(value * inverse, low, high) * scale;
    sum += importance[i + shift]! * error * error;
  }
  return sum;
}

/** E(s) of what is stored and restored, exactly but for the sum's own rounding. */
function errorOf({ data, from, to, importance, feature, low, high }: Group, scale: number): number {
  const shift = feature - from;
  let sum = 0;
  for (let i = from; i < to; i++) {
    const value = data[i]!;
    const error = value - Math.fround(roundWithin(value / scale, low, high) * scale);
    sum += importance[i + shift]! * error * error;
  }
  return sum;
}

function leastSquares({ data, from, to, importance, feature, low, high }: Group, scale: number): number {
  const shift = feature - from;
  let product = 0;
  let square = 0;
  for (let i = from; i < to; i++) {
    const q = roundWithin(data[i]! / scale, low, high);
    product += importance[i + shift]! * data[i]! * q;
    square += importance[i + shift]! * q * q;
  }
  return square === 0 ? scale : product / square;
}

/** The half nearest to a number, as a number; of no memory of its own. */
function nearestHalf(): (value: number) => number {
  const box = new Float32Array(1);
  return (value) => {
    box[0] = value;
    return fromHalf(toHalf(box))[0]!;
  };
}
