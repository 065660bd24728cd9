import type { Weights } from '../tensor.ts';

/** How many values of one tensor are not numbers. */
export interface NonFiniteCount {
  readonly name: string;
  readonly nan: number;
  readonly infinite: number;
}

/**
 * The tensors that hold NaN or infinite values, and how many. Such weights are allowed (a net that diverged in training is a net),
 * but whoever loads them wants to know.
 */
export function countNonFinite(weights: Weights): NonFiniteCount[] {
  return [...weights].map(([name, { data }]) => count(name, data)).filter(({ nan, infinite }) => nan + infinite > 0);
}

function count(name: string, data: Float32Array): NonFiniteCount {
  let nan = 0;
  let infinite = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value - value === 0) continue; // true of every finite value, of no other
    if (Number.isNaN(value)) nan++;
    else infinite++;
  }
  return { name, nan, infinite };
}
