/** Rounds to the nearest half-precision number, ties to even, as a kernel that stores or adds up in f16 does. */
export function toFloat16(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return Math.sign(value) * Number.POSITIVE_INFINITY;
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), -14);
  const step = 2 ** (exponent - 10);
  const whole = Math.floor(magnitude / step);
  const rest = magnitude / step - whole;
  const up = rest > 0.5 || (rest === 0.5 && whole % 2 === 1);
  return Number.isNaN(value) || value === 0 ? value : Math.sign(value) * (whole + (up ? 1 : 0)) * step;
}
