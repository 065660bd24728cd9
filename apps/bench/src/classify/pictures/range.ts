/** The smallest and the largest number among values; what is no number, or infinite, is left out. */
export interface Range {
  readonly min: number;
  readonly max: number;
  /** How many values are NaN or infinite. */
  readonly others: number;
}

export function rangeOf(values: Float32Array): Range {
  let [min, max, others] = [Infinity, -Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) others++;
    else {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? { min, max, others } : { min: 0, max: 0, others };
}

/** Where a value lies in a range, 0 to 1; the middle where all values are the same. */
export function placeIn({ min, max }: Range, value: number): number {
  return min === max ? 0.5 : (value - min) / (max - min);
}
