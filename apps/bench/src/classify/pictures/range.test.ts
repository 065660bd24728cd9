import { describe, expect, it } from 'vitest';
import { placeIn, rangeOf } from './range.ts';

describe('the range of values', () => {
  it.each([
    { why: 'the smallest and the largest', values: [3, -2, 5], want: { min: -2, max: 5, others: 0 } },
    {
      why: 'what is no finite number apart',
      values: [NaN, 1, Infinity, -Infinity],
      want: { min: 1, max: 1, others: 3 },
    },
    { why: 'nothing at all', values: [NaN], want: { min: 0, max: 0, others: 1 } },
  ])('has $why', ({ values, want }) => {
    expect(rangeOf(Float32Array.from(values))).toEqual(want);
  });

  it('goes from 0 to 1; one value alone lies in the middle', () => {
    expect([-2, 0, 6].map((value) => placeIn({ min: -2, max: 6, others: 0 }, value))).toEqual([0, 0.25, 1]);
    expect(placeIn({ min: 4, max: 4, others: 0 }, 4)).toBe(0.5);
  });
});
