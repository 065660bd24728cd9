/*
 * Functions of float32 numbers: as exact as libraries make them, and as wrong as WGSL lets them be, where `side` (1, -1) says to which side.
 */

const { fround } = Math;
const ULP = 2 ** -23;

export type Power = (x: number, p: number) => number;

/** x^p, as a library does it. */
export const power: Power = (x, p) => fround(x ** p);

/** exp2(p log2 x): log2 to 2^-21 between 0.5 and 2 and 3 ULP elsewhere, exp2 to 3 + 2|x| ULP. All errors lead to the same side of the power. */
export const loosePower =
  (side: number): Power =>
  (x, p) => {
    const log = Math.log2(x);
    const ofLog = x >= 0.5 && x <= 2 ? 2 ** -21 : 3 * (ulpOf(log) || 0);
    const exponent = fround(p * (log + side * Math.sign(p) * ofLog));
    return fround(2 ** exponent * (1 + side * (3 + 2 * Math.abs(exponent)) * ULP));
  };

/** The power -3/4 by roots, other powers as they are. */
export const powerByRoots: Power = (x, p) =>
  p === -0.75 ? fround(1 / fround(fround(Math.sqrt(x)) * fround(Math.sqrt(fround(Math.sqrt(x)))))) : power(x, p);

/** exp(p ln x), each rounded once. */
export const powerByLogarithm: Power = (x, p) => fround(Math.exp(fround(p * fround(Math.log(x)))));

/** x / y to 2.5 ULP. */
export const looseQuotient = (x: number, y: number, side: number) => fround((x / y) * (1 + side * 2 * ULP));

/** 1 / sqrt(x) to 2 ULP. */
export const looseInverseSqrt = (x: number, side: number) => fround((1 / Math.sqrt(x)) * (1 + side * 1.5 * ULP));

/** exp(x) to 3 + 2|x| ULP. */
export const looseExp = (x: number, side: number) => {
  const value = Math.exp(x);
  return value === 0 ? 0 : fround(value * (1 + side * (3 + 2 * Math.abs(x)) * ULP));
};

function ulpOf(value: number): number {
  return value === 0 ? 0 : 2 ** (Math.floor(Math.log2(Math.abs(value))) - 23);
}
