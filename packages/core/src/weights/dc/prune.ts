/*
 * Magnitude pruning: the largest values stay, the others become 0 (Han, Pool, Tran, Dally, "Learning both weights and connections", 2015).
 */

/** Bits of |x| in two steps of a radix selection: 16 of 31, then 15. */
const LOW_BITS = 15;
const LOW_MASK = (1 << LOW_BITS) - 1;

/**
 * The smallest magnitude that is kept, so that `density` (0 to 1) of the values are, rounded to a whole number: the k-th largest magnitude
 * exactly. Values of equal magnitude are kept together, so of such there may be more. Infinity where none is kept. `data` must be finite.
 */
export function magnitudeThreshold(data: Float32Array, density: number): number {
  const keep = Math.min(data.length, Math.round(density * data.length));
  if (keep === 0) return Number.POSITIVE_INFINITY;
  // bit patterns of numbers that are not negative are in the order of the numbers
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const high = new Uint32Array(1 << 16);
  for (let i = 0; i < bits.length; i++) high[(bits[i]! & 0x7fffffff) >>> LOW_BITS]!++;
  const [bin, above] = binOf(high, keep);
  const low = new Uint32Array(1 << LOW_BITS);
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i]! & 0x7fffffff;
    if (magnitude >>> LOW_BITS === bin) low[magnitude & LOW_MASK]!++;
  }
  const [rest] = binOf(low, keep - above);
  return new Float32Array(Uint32Array.of((bin << LOW_BITS) | rest).buffer)[0]!;
}

/** The bin in which the count from above reaches `wanted`, and the count above that bin. */
function binOf(counts: Uint32Array, wanted: number): readonly [bin: number, above: number] {
  let above = 0;
  for (let bin = counts.length - 1; bin > 0; bin--) {
    if (above + counts[bin]! >= wanted) return [bin, above];
    above += counts[bin]!;
  }
  return [0, above];
}
