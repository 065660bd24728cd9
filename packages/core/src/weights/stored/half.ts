/*
 * IEEE 754 binary16, "half": 1 sign, 5 exponent (bias 15) and 10 fraction bits; float32 has 1, 8 (bias 127) and 23.
 * Integer arithmetic on bit patterns, which no engine can do differently; not every engine has Float16Array.
 */

/** The half bits nearest to each value, ties to even; 65520 and more become infinity, subnormals are kept, NaN stays NaN. */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = halfBitsOf(bits[i]!);
  return halves;
}

/** The values of half bits as float32: always exact. */
export function fromHalf(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < bits.length; i++) bits[i] = float32BitsOf(halves[i]!);
  return new Float32Array(bits.buffer);
}

function halfBitsOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  // a NaN keeps the upper bits of its payload; one that would be left with none, and become infinity, is made quiet
  if (magnitude > 0x7f800000) return sign | 0x7c00 | ((magnitude >>> 13) & 0x3ff) | (magnitude & 0x7fe000 ? 0 : 0x200);
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65536 and more
  const exponent = magnitude >>> 23;
  // a normal half; the carry of a rounding up moves into the exponent, at the top into that of infinity
  if (exponent > 112) return sign | roundedShift(magnitude - 0x38000000, 13);
  // a subnormal half counts in 2^-24; below half of that, 0
  return exponent < 102 ? sign : sign | roundedShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** Drops the lowest bits, to nearest, ties to even. */
function roundedShift(value: number, by: number): number {
  return (value + (1 << (by - 1)) - 1 + ((value >>> by) & 1)) >>> by;
}

function float32BitsOf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // a subnormal half is fraction * 2^-24; shift its leading bit into the implicit place
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
