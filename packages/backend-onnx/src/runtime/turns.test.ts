import { expect, it } from 'vitest';
import { createTurns, turnsOf } from './turns.ts';

it('does one work after the other, in order, also after one that failed', async () => {
  const turns = createTurns();
  const seen: string[] = [];
  const work = (name: string, fails = false) =>
    turns(async () => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const all = [work('a'), work('b', true), work('c')];
  expect(await Promise.allSettled(all)).toMatchObject([{ value: 'a' }, { reason: { message: 'b' } }, { value: 'c' }]);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

it('gives those who name the same owner the same turns, and others their own', () => {
  const [one, other] = [{}, {}];
  expect(turnsOf(one)).toBe(turnsOf(one));
  expect(turnsOf(one)).not.toBe(turnsOf(other));
});
