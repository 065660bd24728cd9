import { describe, expect, it } from 'vitest';
import { createTimeLeft, type Work } from './time-left.ts';

/** Plays work that takes as long as it says on a clock that is turned by hand. */
function play(works: readonly { readonly work: Work; readonly takes: number }[]): { left: number; really: number }[] {
  let clock = 0;
  const timeLeft = createTimeLeft(
    works.map(({ work }) => work),
    () => clock,
  );
  const total = works.reduce((sum, { takes }) => sum + takes, 0);
  return works.map(({ work, takes }) => {
    clock += 1000 * takes;
    timeLeft.did(work);
    return { left: timeLeft.seconds(), really: total - clock / 1000 };
  });
}

const repeat = <T>(count: number, of: T): T[] => Array.from({ length: count }, () => of);

describe('an estimate of the time left', () => {
  it('is right from the start where work takes what was expected', () => {
    const seen = play(repeat(50, { work: { kind: 'op', seconds: 2 }, takes: 2 }));
    for (const { left, really } of seen) expect(left).toBeCloseTo(really, 9);
  });

  it('follows a backend that is ten times slower, also in kinds that have not begun', () => {
    const seen = play([
      ...repeat(40, { work: { kind: 'op', seconds: 0.1 }, takes: 1 }),
      ...repeat(40, { work: { kind: 'network', seconds: 0.1 }, takes: 1 }),
    ]);
    const { left, really } = seen[30]!;
    expect(Math.abs(left - really) / really).toBeLessThan(0.3);
    expect(seen.at(-1)!.left).toBe(0);
  });

  it('learns that one kind is slow and another is not', () => {
    const slow = { work: { kind: 'oracle', seconds: 1 }, takes: 20 };
    const fast = { work: { kind: 'op', seconds: 1 }, takes: 0.5 };
    const { left, really } = play([
      ...repeat(5, slow),
      ...repeat(30, fast),
      ...repeat(5, slow),
      ...repeat(40, fast),
    ])[34]!;
    expect(Math.abs(left - really) / really).toBeLessThan(0.3);
  });

  it('never jumps up by more than a third of itself while work goes as it went', () => {
    const seen = play(repeat(200, { work: { kind: 'op', seconds: 0.1 }, takes: 0.3 })).map(({ left }) => left);
    for (const [i, left] of seen.entries()) expect(left).toBeLessThan(i === 0 ? 60 : seen[i - 1]! * 1.34 + 0.01);
  });

  it('falls with the clock while one long piece runs, and not below nothing', () => {
    let clock = 0;
    const timeLeft = createTimeLeft([{ kind: 'oracle', seconds: 10 }], () => clock);
    const seen = [0, 4000, 4000, 4000].map((passed) => {
      clock += passed;
      return timeLeft.seconds();
    });
    expect(seen).toEqual([10, expect.closeTo(6), expect.closeTo(2), 0]);
  });

  it('of no work is nothing', () => {
    expect(createTimeLeft([]).seconds()).toBe(0);
  });
});
