import { variantIds } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { photographs } from '../photographs.ts';
import { checkOracle, checkValues, generatedInput, sampledAt } from './check-values.ts';

/** Two orders of summation in float64 differ by some 1e-15; a float32 anywhere would show as 1e-8. */
const ALLOWED = 1e-13;

const narrow = checkValues.filter(({ image }) => image === 'generated');
const published = checkValues.filter(({ image }) => image !== 'generated');

describe('the oracle', () => {
  it.each(narrow)('computes of $variant, narrow, what PyTorch computes in float64', async (expected) => {
    const { sameInput, top5, values } = await checkOracle(expected, generatedInput(expected));
    expect(sameInput).toBe(true);
    expect(top5.got).toEqual(top5.want);
    expect(values.filter(({ relative }) => !(relative <= ALLOWED))).toEqual([]);
    expect(values.length).toBeGreaterThan(100);
  });

  it('is found out by one pixel that is a little off, in every layer up to the logits', async () => {
    const [expected] = narrow;
    const { shape, data } = generatedInput(expected!);
    const at = 3 * 40_000; // in the middle of the last channel
    const input = { shape, data: data.map((x, i) => (i === at ? x + 0.01 : x)) };
    const { sameInput, values } = await checkOracle(expected!, input);
    expect(sameInput).toBe(false);
    const wrong = new Set(values.filter(({ relative }) => relative > ALLOWED).map(({ what }) => what.split(' ')[0]));
    const all = Object.keys(expected!.layers).filter((layer) => layer !== 'prob'); // one class is certain all the same
    expect(wrong).toEqual(new Set(all));
  });
});

describe('the check values', () => {
  it('cover every variant, as published on a photograph and narrow', () => {
    expect(published.map(({ variant }) => variant)).toEqual(variantIds);
    expect(narrow.map(({ variant }) => variant)).toEqual(variantIds);
    const names = new Set(photographs.map(({ name }) => name));
    expect(published.every(({ dimensions, image }) => names.has(image) && Object.keys(dimensions).length === 0)).toBe(
      true,
    );
  });

  it('sample values all over a layer: neither one row, one column nor one channel', () => {
    const at = sampledAt(96 * 55 * 55);
    for (const of of [
      (i: number) => Math.floor(i / 3025),
      (i: number) => Math.floor(i / 55) % 55,
      (i: number) => i % 55,
    ]) {
      expect(new Set(at.map(of)).size).toBeGreaterThan(3);
    }
    expect(at.every((i) => i >= 0 && i < 96 * 55 * 55)).toBe(true);
    expect(sampledAt(1)).toEqual([0, 0, 0, 0, 0]);
  });
});
