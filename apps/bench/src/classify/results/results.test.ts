import { describe, expect, it } from 'vitest';
import { agreementOf } from './agreement.ts';
import { percent, topFive } from './classes.ts';

const classOf = (index: number) => `class ${index}`;
const opinion = (backend: string, ...probabilities: number[]) => ({
  backend,
  probabilities: Float64Array.from(probabilities),
});

describe('the five most likely classes', () => {
  it('have their names, or their numbers where nobody knows these', () => {
    const probabilities = [0.1, 0.5, 0, 0.3, 0.04, 0.06];
    expect(topFive(probabilities, undefined).map(({ label }) => label)).toEqual([1, 3, 0, 5, 4].map(classOf));
    expect(topFive(probabilities, ['a', 'b', 'c', 'd', 'e', 'f'])[0]).toEqual({
      index: 1,
      label: 'b',
      probability: 0.5,
    });
  });

  it('are fewer where there are fewer', () => {
    expect(topFive([0.25, 0.75], undefined)).toHaveLength(2);
  });

  it.each([
    { probability: 0.12345, text: '12.3 %' },
    { probability: 1, text: '100.0 %' },
    { probability: NaN, text: 'not a number' },
  ])('say $text', ({ probability, text }) => {
    expect(percent(probability)).toBe(text);
  });
});

describe('backends', () => {
  it.each([
    { why: 'nothing of one alone', opinions: [opinion('a', 1)], says: undefined },
    {
      why: 'that both agree',
      opinions: [opinion('a', 0.25, 0.75), opinion('b', 0.25, 0.7500002)],
      says: 'The same first class on both; probabilities differ by at most 2e-7.',
    },
    {
      why: 'that all agree',
      opinions: [opinion('a', 0, 1), opinion('b', 0, 1), opinion('c', 0, 1)],
      says: 'The same first class on all 3; probabilities differ by at most 0.',
    },
    {
      why: 'who says what',
      opinions: [opinion('a', 0.6, 0.4), opinion('b', 0.4, 0.6)],
      says: 'The first classes differ: a says class 0, b says class 1.',
    },
    {
      why: 'that nothing is a number',
      opinions: [opinion('a', NaN, NaN), opinion('b', NaN, NaN)],
      says: 'No probability is a number, on any of them.',
    },
  ])('say $why', ({ opinions, says }) => {
    expect(agreementOf(opinions, classOf)).toBe(says);
  });
});
