import { expect, it } from 'vitest';
import { epochOrder } from './epoch-order.ts';

it('is a permutation that depends on seed and epoch alone', () => {
  const order = epochOrder(1000, { seed: 5, epoch: 2 });
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(epochOrder(1000, { seed: 5, epoch: 2 })).toEqual(order);
  expect(epochOrder(1000, { seed: 5, epoch: 3 })).not.toEqual(order);
  expect(epochOrder(1000, { seed: 6, epoch: 2 })).not.toEqual(order);
});

it('has not changed since runs were made with it', () => {
  expect([...epochOrder(8, { seed: 1, epoch: 0 })]).toEqual([3, 2, 5, 7, 6, 4, 1, 0]);
});

it('gives every order of three its turn', () => {
  const counts = new Map<string, number>();
  for (let epoch = 0; epoch < 6000; epoch++) {
    const order = epochOrder(3, { seed: 1, epoch }).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120); // four deviations
});

it.each([0, 1])('of %d pictures', (count) => {
  expect(epochOrder(count, { seed: 1, epoch: 0 })).toEqual(new Uint32Array(count));
});

it.each([
  { seed: -1, epoch: 0, where: 'seed' },
  { seed: 1, epoch: 0.5, where: 'epoch' },
])('refuses seed $seed, epoch $epoch', ({ where, ...key }) => {
  expect(() => epochOrder(3, key)).toThrow(expect.objectContaining({ code: 'invalid-input', where }));
});
