import { describe, expect, it } from 'vitest';
import { fma } from './fma.ts';

describe('a fused multiply-add', () => {
  it.each([
    { a: 3, b: 5, c: -15, want: 0, why: 'an exact sum' },
    {
      a: 1 + 2 ** -12,
      b: 1 + 2 ** -12,
      c: 0,
      want: 1 + 2 ** -11,
      why: 'the product is rounded once: 2^-24 is half a step, to even',
    },
    {
      a: 1 + 2 ** -12,
      b: 1 + 2 ** -12,
      c: -1,
      want: 2 ** -11 + 2 ** -24,
      why: 'the product is not rounded before the sum',
    },
    { a: 2 ** -30, b: 2 ** -30, c: 1 + 2 ** -23, want: 1 + 2 ** -23, why: 'next to nothing is added to a float32' },
    // 1 + 2^-24 is the middle between 1 and 1 + 2^-23; in float64, 2^-80 beside it is lost
    { a: 1 + 2 ** -23, b: 2 ** -24, c: 1, want: 1 + 2 ** -23, why: 'above the middle, in float64' },
    { a: 2 ** -24, b: 1 - 2 ** -24, c: 1, want: 1, why: 'below the middle, in float64' },
    { a: 2 ** 20 + 1, b: 2 ** -12 * (1 - 2 ** -24), c: 2 ** 40, want: 2 ** 40, why: 'far below the middle' },
    { a: -(2 ** -40), b: 2 ** -40, c: 2 ** 24 + 2, want: 2 ** 24 + 2, why: 'lost in float64, next to a float32' },
    { a: Number.POSITIVE_INFINITY, b: 1, c: 1, want: Number.POSITIVE_INFINITY, why: 'an infinity' },
    { a: Number.NaN, b: 1, c: 1, want: Number.NaN, why: 'NaN' },
  ])('$a * $b + $c is $want: $why', ({ a, b, c, want }) => expect(fma(a, b, c)).toBe(want));

  it('decides by what float64 loses where it lies in the middle', () => {
    // c + a b = 2^30 + 2^6 +- 2^-40: in float64 2^30 + 2^6, the middle between 2^30 and 2^30 + 2^7
    const c = 2 ** 30;
    const lost = (sign: number) => [2 ** 6 * (1 + sign * 2 ** -23), 1] as const;
    expect(fma(...lost(1), c)).toBe(2 ** 30 + 2 ** 7);
    expect(fma(...lost(-1), c)).toBe(2 ** 30);
    // a product of 48 bits, of which float64 keeps no more than 2^-22 beside 2^30
    const a = 2 ** 6 * (1 + 2 ** -23);
    const b = 1 - 2 ** -23; // a b = 2^6 (1 - 2^-46)
    expect(c + a * b).toBe(2 ** 30 + 2 ** 6);
    expect(Math.fround(-c - 2 ** 7 - a * b)).toBe(-c - 2 ** 8);
    expect(fma(a, b, c)).toBe(2 ** 30);
    expect(fma(-a, b, -c)).toBe(-(2 ** 30));
    expect(fma(-a, b, -c - 2 ** 7)).toBe(-c - 2 ** 7);
  });
});
