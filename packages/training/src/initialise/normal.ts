/*
 * Normal deviates from +, -, *, / alone, so that every engine gets the same bits: ECMAScript leaves the last places of Math.log
 * and Math.sqrt to the engine.
 */

/**
 * The inverse of the standard normal distribution function, for p from 2e-11 to 1 - 2e-11, to about 1 part in 10^16: algorithm
 * AS 241, PPND16 (Wichura 1988), without its far tail.
 */
export function inverseNormal(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE_ABOVE, r)) / polynomial(CENTRE_BELOW, r);
  }
  const r = squareRoot(-logarithm(0.5 - Math.abs(q))) - 1.6;
  const z = polynomial(TAIL_ABOVE, r) / polynomial(TAIL_BELOW, r);
  return q < 0 ? -z : z;
}

/** Natural logarithm of a value in (0, 1): 2 artanh((m - 1) / (m + 1)) of its mantissa m, from sqrt(1/2) on, and the exponent times ln 2. */
function logarithm(value: number): number {
  let mantissa = value;
  let exponent = 0;
  for (; mantissa < Math.SQRT1_2; mantissa *= 2) exponent--;
  const f = (mantissa - 1) / (mantissa + 1);
  let series = 0;
  for (let k = 23; k > 0; k -= 2) series = series * f * f + 1 / k;
  return exponent * Math.LN2 + 2 * f * series;
}

/** For values from 2 to 25: Newton's steps, doubling the digits each. */
function squareRoot(value: number): number {
  let root = 1 + value / 4;
  for (let i = 0; i < 6; i++) root = (root + value / root) / 2;
  return root;
}

/** Coefficients by descending power (Horner). */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

const CENTRE_ABOVE = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
  133.14166789178438, 3.3871328727963665,
];
const CENTRE_BELOW = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
  42.31333070160091, 1,
];
const TAIL_ABOVE = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const TAIL_BELOW = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];
