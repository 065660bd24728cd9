import { describe, expect, it } from 'vitest';
import { dropoutMask } from './dropout-mask.ts';

const key = { seed: 1, step: 0, name: 'dropout6', size: 4096, rate: 0.5 };

describe('a dropout mask', () => {
  it.each([0, 0.1, 0.5, 0.9])('drops as many as its rate says, %s, and scales the others to keep the mean', (rate) => {
    const mask = dropoutMask({ ...key, size: 100_000, rate });
    const dropped = mask.filter((value) => value === 0).length / mask.length;
    // the share of 100,000 draws strays by 0.0016 at most, one standard deviation: six of them
    expect(Math.abs(dropped - rate)).toBeLessThan(0.0095);
    expect(new Set(mask.filter((value) => value !== 0))).toEqual(new Set([Math.fround(1 / (1 - rate))]));
  });

  it.each([
    { why: 'seed', change: { seed: 2 } },
    { why: 'step', change: { step: 1 } },
    { why: 'step beyond 32 bits', change: { step: 2 ** 32 } },
    { why: 'layer', change: { name: 'dropout7' } },
  ])('is another for another $why', ({ change }) => {
    const [one, other] = [dropoutMask(key), dropoutMask({ ...key, ...change })];
    const differ = one.filter((value, i) => value !== other[i]).length / one.length;
    expect(differ).toBeGreaterThan(0.45);
    expect(differ).toBeLessThan(0.55);
  });

  it('is the same for the same, and a part of it for fewer values', () => {
    expect(dropoutMask(key)).toEqual(dropoutMask(key));
    expect(dropoutMask({ ...key, size: 7 })).toEqual(dropoutMask(key).subarray(0, 7));
  });

  it('has not changed since networks were trained with it', () => {
    expect([...dropoutMask({ ...key, size: 12 })].map((value) => value / 2).join('')).toBe('111010110111');
  });
});
