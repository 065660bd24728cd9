import { describe, expect, it } from 'vitest';
import { below, normal, WORDS_PER_NORMAL, wordsOf } from './random.ts';
import { sineAndCosine } from './trigonometry.ts';

const sample = { seed: 7, epoch: 3, index: 11 };

describe('random words of a step', () => {
  it.each([
    { what: 'seed', other: { ...sample, seed: 8 }, step: 0 },
    { what: 'epoch', other: { ...sample, epoch: 4 }, step: 0 },
    { what: 'picture', other: { ...sample, index: 12 }, step: 0 },
    { what: 'step', other: sample, step: 1 },
  ])('are others for another $what', ({ other, step }) => {
    const seen = new Set(wordsOf(sample, 0, 40));
    expect(wordsOf(other, step, 40).some((word) => seen.has(word))).toBe(false);
  });

  it('stay below a count, and reach 0 and the last', () => {
    expect([0, 0xffffffff].map((word) => below(word, 9))).toEqual([0, 8]);
  });
});

describe('normal numbers', () => {
  const many = Array.from({ length: 20_000 }, (_, index) =>
    normal(wordsOf({ ...sample, index }, 0, WORDS_PER_NORMAL), 0),
  );
  const share = (keep: (value: number) => boolean) => many.filter(keep).length / many.length;

  it('have mean 0 and variance 1', () => {
    const mean = many.reduce((sum, value) => sum + value) / many.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(many.reduce((sum, value) => sum + value * value, 0) / many.length - 1)).toBeLessThan(0.03);
  });

  // of the normal distribution
  it.each([
    { within: 0.5, want: 0.3829 },
    { within: 1, want: 0.6827 },
    { within: 2, want: 0.9545 },
  ])('lie within $within deviations as often as normal ones', ({ within, want }) => {
    expect(Math.abs(share((value) => Math.abs(value) < within) - want)).toBeLessThan(0.012);
  });
});

it.each([0, 1, -30, 45, 90, -135, 180])('sine and cosine of %d degrees', (degrees) => {
  const [sine, cosine] = sineAndCosine(degrees);
  expect(sine).toBeCloseTo(Math.sin((degrees * Math.PI) / 180), 11);
  expect(cosine).toBeCloseTo(Math.cos((degrees * Math.PI) / 180), 11);
});
