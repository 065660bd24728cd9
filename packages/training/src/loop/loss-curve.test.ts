import { expect, it } from 'vitest';
import { emptyCurve, withLoss } from './loss-curve.ts';

it('stays small, and each point is the mean of as many steps', () => {
  let curve = emptyCurve;
  for (let step = 0; step < 5000; step++) curve = withLoss(curve, step);
  expect(curve.stride).toBe(8);
  expect(curve.points).toHaveLength(Math.floor(5000 / 8));
  expect(curve.points[3]).toBe((24 + 31) / 2);
  expect(curve.points.at(-1)).toBe((4992 + 4999) / 2);
});
