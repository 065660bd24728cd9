import { describe, expect, it } from 'vitest';
import { noiseOf, noiseWarnings, spin } from './noise.ts';

const rounds = (ms: (round: number) => number) => Array.from({ length: 12 }, (_, round) => [ms(round), ms(round)]);
const loop = (ms: (round: number) => number) => Array.from({ length: 12 }, (_, round) => ms(round));
const quiet = rounds((round) => 10 + (round % 3) / 10);
const steady = loop((round) => 2 + (round % 2) / 100);
const where = { variant: 'torchvision', batch: 8 };
const warningsOf = (...[candidates, spins]: [Parameters<typeof noiseOf>[0], number[]]) =>
  noiseWarnings(noiseOf(candidates, spins, where)!);

describe('a machine', () => {
  it('that is quiet gives figures and no warning', () => {
    expect(noiseOf([quiet, quiet], steady, where)).toMatchObject({ ...where, spinMs: 2.005, outlierShare: 0 });
    expect(warningsOf([quiet, quiet], steady)).toEqual([]);
  });

  it.each([
    {
      why: 'that shares its processors',
      candidates: [quiet],
      spins: loop((round) => 2 + (round % 4) / 5),
      says: /torchvision was timed at batch 8: a fixed loop took times that spread over 26 %/,
    },
    {
      why: 'that gets hot',
      candidates: [rounds((round) => 10 + round / 4), rounds((round) => 100 + 2 * round)],
      spins: steady,
      says: /last rounds took 1\.17 times as long/,
    },
    {
      why: 'that stalls',
      candidates: [rounds((round) => (round % 4 === 0 ? 40 : 10 + (round % 3) / 10))],
      spins: steady,
      says: /25 % of the runs lie far/,
    },
  ])('$why is called busy', ({ candidates, spins, says }) => {
    expect(warningsOf(candidates, spins)).toEqual([expect.stringMatching(says)]);
  });

  it('is not judged without rounds, or by a clock that stands still', () => {
    expect(noiseOf([], steady, where)).toBeUndefined();
    expect(noiseOf([quiet], [], where)).toBeUndefined();
    expect(
      noiseOf(
        [rounds(() => 0)],
        loop(() => 0),
        where,
      ),
    ).toMatchObject({ spinSpread: 0, drift: 1, outlierShare: 0 });
  });
});

it('the loop does something that a compiler cannot leave out', () => {
  expect(spin(1)).not.toBe(spin(3));
});
