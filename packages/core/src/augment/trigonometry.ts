/** Angles up to here are exact to 1e-12. */
export const LARGEST_DEGREES = 180;

const RADIANS = Math.PI / 180;

/**
 * Sine and cosine of an angle in degrees, by Taylor's series: + and * alone, so the same bits in every engine, which
 * Math.sin and Math.cos do not promise.
 */
export function sineAndCosine(degrees: number): readonly [sine: number, cosine: number] {
  const angle = degrees * RADIANS;
  let sine = 0;
  let cosine = 0;
  let term = 1;
  for (let n = 0; n < 32; n += 2) {
    cosine += term;
    term *= angle / (n + 1);
    sine += term;
    term *= -angle / (n + 2);
  }
  return [sine, cosine];
}
