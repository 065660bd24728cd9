import { expect, it } from 'vitest';
import { createOverallTime } from './overall.ts';

it('takes jobs to come to be as long as those before, and the last as long as was said', () => {
  let clock = 0;
  const time = createOverallTime(2, 20, () => clock);
  time.begin();
  expect(time.at(undefined)).toEqual({ done: 0 }); // nothing is known
  clock = 5000;
  expect(time.at(5)).toEqual({ done: 5 / 40, secondsLeft: 5 + 10 + 20 });
  clock = 10_000;
  time.begin();
  expect(time.at(undefined)).toEqual({ done: 10 / 40, secondsLeft: 10 + 20 });
  clock = 20_000;
  time.begin();
  expect(time.at(undefined)).toEqual({ done: 0.5, secondsLeft: 20 });
  clock = 35_000;
  expect(time.at(undefined)).toEqual({ done: 35 / 40, secondsLeft: 5 });
});

it('never goes back, also where a job turns out to be longer', () => {
  let clock = 0;
  const time = createOverallTime(1, 1, () => clock);
  time.begin();
  clock = 9000;
  const { done } = time.at(1);
  clock = 10_000;
  expect(time.at(100)).toEqual({ done, secondsLeft: 101 });
});

it('is never over before it is', () => {
  let clock = 0;
  const time = createOverallTime(0, 2, () => clock);
  time.begin();
  clock = 60_000;
  expect(time.at(undefined)).toEqual({ done: 60 / 61, secondsLeft: 1 });
});
