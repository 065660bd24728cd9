import { expect, it } from 'vitest';
import { countNonFinite } from './non-finite.ts';

const tensor = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });

it('counts NaN and infinite values by tensor, and names only tensors that have some', () => {
  const weights = new Map([
    ['fine', tensor(0, -0, 3.4e38, 1e-45)],
    ['bad', tensor(1, Number.NaN, Number.NEGATIVE_INFINITY, Number.NaN, Number.POSITIVE_INFINITY, Number.NaN)],
    ['hot', tensor(Number.POSITIVE_INFINITY)],
  ]);
  expect(countNonFinite(weights)).toEqual([
    { name: 'bad', nan: 3, infinite: 2 },
    { name: 'hot', nan: 0, infinite: 1 },
  ]);
});
