import { expect, it } from 'vitest';
import { race } from './race.ts';
import { medianInterval } from './statistics.ts';
import { fakeClock } from './testing/fakes.ts';

const options = { budgetMs: 1000, limitMs: 60_000, onRound() {} };

/** Races candidates that take so long, and notes who ran. */
async function raced(ms: Readonly<Record<string, number>>, seed = 0) {
  const clock = fakeClock();
  const runs: string[] = [];
  const racers = Object.entries(ms).map(([id, time]) => ({
    id,
    async run() {
      runs.push(id);
      clock.pass(time);
    },
  }));
  const { times } = await race(racers, { ...options, seed, now: clock.now });
  const order = runs.filter((id, i) => id !== runs[i - 1]).join('');
  return { times, order, turns: Object.fromEntries([...times].map(([id, turns]) => [id, turns.length])) };
}

it('gives each a turn in every round, in an order that its seed decides', async () => {
  const first = await raced({ a: 10, b: 10, c: 10 }, 1);
  expect(new Set(Object.values(first.turns)).size).toBe(1);
  expect(first.turns['a']).toBeGreaterThanOrEqual(6);
  expect((await raced({ a: 10, b: 10, c: 10 }, 1)).order).toBe(first.order);
  expect((await raced({ a: 10, b: 10, c: 10 }, 2)).order).not.toBe(first.order);
});

it('times runs, not what is around them', async () => {
  const { times } = await raced({ a: 7, b: 0.5 });
  expect(new Set(times.get('a'))).toEqual(new Set([7]));
  expect(new Set(times.get('b'))).toEqual(new Set([0.5]));
});

it('gives a slow one two turns, and the others theirs', async () => {
  const { turns } = await raced({ slow: 900, fast: 2 });
  expect(turns['slow']).toBe(2);
  expect(turns['fast']).toBeGreaterThanOrEqual(6);
});

it.each([
  { why: 'one', samples: [3], value: 3, low: 3, high: 3 },
  { why: 'few: the range', samples: [5, 1, 2, 9], value: 3.5, low: 1, high: 9 },
  { why: 'six: the range is the interval', samples: [6, 5, 4, 3, 2, 1], value: 3.5, low: 1, high: 6 },
  { why: 'nine: the second and the second last', samples: [9, 8, 7, 6, 5, 4, 3, 2, 1], value: 5, low: 2, high: 8 },
])('the median of $why', ({ samples, value, low, high }) => {
  expect(medianInterval(samples)).toEqual({ value, low, high });
});
