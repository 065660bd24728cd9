/** Adding 1.5 * 2^52 leaves a float64 no bits below 1: it is rounded to a whole number, ties to even. Exact for |x| < 2^51. */
const NO_FRACTION = 6755399441055744;

/** The nearest whole number, ties to even, within limits. */
export function roundWithin(x: number, low: number, high: number): number {
  const whole = x + NO_FRACTION - NO_FRACTION;
  return whole < low ? low : whole > high ? high : whole;
}
