import { expect, it } from 'vitest';
import { turnsOf } from './turns.ts';

it('gives those who name the same owner the same turns, and others their own', () => {
  const [one, other] = [{}, {}];
  expect(turnsOf(one)).toBe(turnsOf(one));
  expect(turnsOf(one)).not.toBe(turnsOf(other));
});
