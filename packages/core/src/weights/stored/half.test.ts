import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from './half.ts';

const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

/** Binary16 by its definition. */
function halfValue(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

describe('half', () => {
  it('comes back with the same bits from float32, all 65,536 of them, NaN payloads too', () => {
    expect(toHalf(fromHalf(all))).toEqual(all);
  });

  it('is read by its definition', () => {
    expect([...fromHalf(all)]).toEqual([...all].map(halfValue));
  });

  it('is the nearest, ties to even, at and beside every midpoint of two neighbours', () => {
    const wrong: string[] = [];
    const step = new Uint32Array(1);
    const stepped = new Float32Array(step.buffer);
    for (let low = 0; low < 0x7bff; low++) {
      stepped[0] = (halfValue(low) + halfValue(low + 1)) / 2;
      const middle = step[0]!;
      // by the bits of float32: just below, at, and just above the midpoint
      const want = [low, low + (low & 1), low + 1];
      const values = new Float32Array(Uint32Array.of(middle - 1, middle, middle + 1).buffer);
      const got = [...toHalf(values)];
      const negative = [...toHalf(values.map((value) => -value))].map((bits) => bits - 0x8000);
      if (got.join() !== want.join() || negative.join() !== want.join()) wrong.push(`${low}: ${got}; ${negative}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    { value: 0, bits: 0x0000, why: 'zero' },
    { value: -0, bits: 0x8000, why: 'minus zero' },
    { value: 1, bits: 0x3c00, why: 'one' },
    { value: -2, bits: 0xc000, why: 'a negative number' },
    { value: 65504, bits: 0x7bff, why: 'the largest' },
    { value: 65519.996, bits: 0x7bff, why: 'the last float32 that rounds down to the largest' },
    { value: 65520, bits: 0x7c00, why: 'the first that overflows' },
    { value: -65536, bits: 0xfc00, why: 'beyond the range, negative' },
    { value: MAX_FLOAT32, bits: 0x7c00, why: 'the largest float32' },
    { value: 2 ** -14, bits: 0x0400, why: 'the smallest normal' },
    { value: 2 ** -14 - 2 ** -26, bits: 0x0400, why: 'a subnormal that rounds up to a normal' },
    { value: 2 ** -24, bits: 0x0001, why: 'the smallest subnormal' },
    { value: 2 ** -25, bits: 0x0000, why: 'half of the smallest: a tie, to even' },
    { value: 2 ** -25 + 2 ** -48, bits: 0x0001, why: 'a little more than that' },
    { value: -(2 ** -149), bits: 0x8000, why: 'a float32 subnormal' },
    { value: Number.POSITIVE_INFINITY, bits: 0x7c00, why: 'infinity' },
    { value: Number.NEGATIVE_INFINITY, bits: 0xfc00, why: 'minus infinity' },
  ])('of $value has the bits $bits: $why', ({ value, bits }) => {
    expect(toHalf(Float32Array.of(value))[0]).toBe(bits);
  });

  it('of a NaN is a NaN, also when its payload has only low bits', () => {
    const nans = new Float32Array(Uint32Array.of(0x7fc00000, 0xffc00000, 0x7f800001, 0xff801fff, 0x7f802000).buffer);
    expect([...toHalf(nans)]).toEqual([0x7e00, 0xfe00, 0x7e00, 0xfe00, 0x7c01]);
  });

  it('is made of a view into the middle of a buffer, and of nothing', () => {
    expect([...toHalf(Float32Array.of(9, 1, -2, 9).subarray(1, 3))]).toEqual([0x3c00, 0xc000]);
    expect(toHalf(new Float32Array())).toEqual(new Uint16Array());
  });
});
