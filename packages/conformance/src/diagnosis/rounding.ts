/** Rounds a value to a float with fewer bits, ties to even. */
export interface Format {
  /** Bits of the mantissa after the point. */
  readonly bits: number;
  /** The exponent of the smallest normal number. */
  readonly smallest: number;
  /** What is this large or larger becomes infinite. */
  readonly limit: number;
}

const half: Format = { bits: 10, smallest: -14, limit: 65520 };
const brain: Format = { bits: 7, smallest: -126, limit: 2 ** 128 * (1 - 2 ** -9) };
const tensorFloat: Format = { bits: 10, smallest: -126, limit: 2 ** 128 * (1 - 2 ** -12) };

export const toHalfPrecision = (value: number): number => round(value, half);
export const toBfloat16 = (value: number): number => round(value, brain);
/** The inputs of tensor cores: 8 bits of exponent and 10 of mantissa. */
export const toTensorFloat = (value: number): number => round(value, tensorFloat);

function round(value: number, { bits, smallest, limit }: Format): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  if (Math.abs(value) >= limit) return Math.sign(value) * Number.POSITIVE_INFINITY;
  const step = 2 ** (Math.max(exponentOf(value), smallest) - bits);
  return nearestEven(value / step) * step;
}

function exponentOf(value: number): number {
  words.setFloat64(0, value);
  return ((words.getUint32(0) >>> 20) & 0x7ff) - 1023;
}
const words = new DataView(new ArrayBuffer(8));

/** 2^52 is where float64 has no room for a fraction: adding it rounds as the format does. */
function nearestEven(value: number): number {
  const shift = Math.sign(value) * 2 ** 52;
  return value + shift - shift;
}
