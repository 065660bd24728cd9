import { expect, it } from 'vitest';
import { createTimeOfParts } from './time-of-parts.ts';

const parts = [
  { backend: 'fast', seconds: 10 },
  { backend: 'slow', seconds: 10 },
  { backend: 'fast', seconds: 20 },
  { backend: 'slow', seconds: 20 },
];

it('takes later parts of a backend to be as slow as its parts so far', () => {
  let clock = 0;
  const time = createTimeOfParts(parts, () => clock);
  time.begin();
  expect(time.left(10)).toBe(60); // nothing is known: all are ordinary
  clock = 2500;
  expect(time.left(2.5)).toBe(2.5 + 25); // half of what was expected, also of the other
  clock = 5000;
  time.begin();
  clock = 15_000;
  expect(time.left(10)).toBe(10 + 10 + 40);
  clock = 25_000;
  time.begin();
  clock = 35_000;
  time.begin();
  expect(time.left(40)).toBe(40);
  clock = 75_000;
  expect(time.left(0)).toBe(0);
});
