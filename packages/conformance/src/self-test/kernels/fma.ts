const { fround } = Math;

/**
 * a * b + c of float32 numbers, rounded once to float32. In float64 the product is exact, and the sum is rounded; rounding that again can
 * go wrong only where it lies in the middle between two float32: there, what the float64 sum lost decides. A sum that is rounded to the
 * middle between the largest float32 and infinity becomes infinity.
 */
export function fma(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const rounded = fround(sum);
  const rest = sum - rounded;
  const other = rounded + 2 * rest;
  if (rest === 0 || fround(other) !== other) return rounded;
  const shareOfC = sum - product;
  const lost = product - (sum - shareOfC) + (c - shareOfC);
  return lost !== 0 && lost > 0 === rest > 0 ? other : rounded;
}
