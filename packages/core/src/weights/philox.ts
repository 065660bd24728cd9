/*
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011):
 * ten rounds of a bijection turn a 128-bit counter into 128 random bits under a 64-bit key. Any block can be computed alone, in any order.
 */

/** Four 32-bit words, least significant first. */
export type Counter = readonly [number, number, number, number];
/** Two 32-bit words, least significant first. */
export type Key = readonly [number, number];

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
/** Weyl increments of the key: the golden ratio and sqrt(3) - 1. */
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** One block: four random words (unsigned 32-bit) for a counter under a key. */
export function philox4x32(counter: Counter, key: Key): [number, number, number, number] {
  const [a, b, c, d] = philoxStream(counter, key, 4);
  return [a!, b!, c!, d!];
}

/** The first `length` words of the blocks at `counter`, `counter + 1`, ...; the counter's low 64 bits count. */
export function philoxStream(counter: Counter, [k0, k1]: Key, length: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4) * 4);
  let [low, high] = counter;
  const [, , c2, c3] = counter;
  for (let at = 0; at < words.length; at += 4) {
    let x0 = low | 0;
    let x1 = high | 0;
    let x2 = c2 | 0;
    let x3 = c3 | 0;
    let key0 = k0 | 0;
    let key1 = k1 | 0;
    for (let round = 0; round < ROUNDS; round++) {
      const y0 = multiplyHigh(MULTIPLIER_1, x2) ^ x1 ^ key0;
      const y2 = multiplyHigh(MULTIPLIER_0, x0) ^ x3 ^ key1;
      x1 = Math.imul(MULTIPLIER_1, x2);
      x3 = Math.imul(MULTIPLIER_0, x0);
      x0 = y0;
      x2 = y2;
      key0 = (key0 + WEYL_0) | 0;
      key1 = (key1 + WEYL_1) | 0;
    }
    words[at] = x0;
    words[at + 1] = x1;
    words[at + 2] = x2;
    words[at + 3] = x3;
    low = (low + 1) >>> 0;
    if (low === 0) high = (high + 1) >>> 0;
  }
  return words.subarray(0, length);
}

/** The upper 32 bits of the unsigned product a * b, from four 16-bit products. No partial sum exceeds 32 bits. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const carry = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) | 0;
}
