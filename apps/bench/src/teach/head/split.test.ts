import { describe, expect, it } from 'vitest';
import { splitImages } from './split.ts';

/** Two classes, one after the other. */
const labels = (first: number, second: number) => [
  ...Array.from({ length: first }, () => 0),
  ...Array.from({ length: second }, () => 1),
];

describe('a split', () => {
  it.each([
    { why: 'one of five', first: 5, second: 5, want: [1, 1] },
    { why: 'one of nine, still', first: 9, second: 14, want: [1, 2] },
    { why: 'a fifth of many', first: 40, second: 5, want: [8, 1] },
  ])('holds back $why', ({ first, second, want }) => {
    const given = labels(first, second);
    const { training, heldOut } = splitImages(given, 3)!;
    expect([0, 1].map((label) => heldOut.filter((i) => given[i] === label).length)).toEqual(want);
    expect([...training, ...heldOut].sort((a, b) => a - b)).toEqual([...given.keys()]);
    expect(splitImages(given, 3)).toEqual({ training, heldOut });
  });

  it('is not there where a class has too few images', () => {
    expect(splitImages(labels(40, 4), 3)).toBeUndefined();
  });
});
