import { describe, expect, it } from 'vitest';
import { benchmarkOf, compared, measured } from '../testing/records.ts';
import { compareRuns } from './compare-runs.ts';

const run = (ms: number, change: Parameters<typeof measured>[0] = {}) =>
  benchmarkOf({ measurements: [measured({ candidate: 'a', p50Ms: ms, ...change })] });

describe('two runs', () => {
  it.each([
    { why: 'twice as fast', before: 20, after: 10, verdict: 'faster', ratio: 2, regressed: false },
    { why: 'half as fast', before: 10, after: 20, verdict: 'slower', ratio: 0.5, regressed: true },
    {
      why: 'a percent off',
      before: 10,
      after: 10.1,
      verdict: 'no difference shown',
      ratio: 1 / 1.01,
      regressed: false,
    },
  ])('shows what is $why', ({ before, after, verdict, ratio, regressed }) => {
    const { changes } = compareRuns({ before: run(before), after: run(after) });
    expect(changes).toEqual([
      expect.objectContaining({ candidate: 'a', beforeMs: before, afterMs: after, verdict, regressed }),
    ]);
    expect(changes[0]?.ratio).toBeCloseTo(ratio, 12);
    expect(changes[0]?.ciLow).toBeLessThan(ratio);
  });

  it('accepts what is slower by no more than the tolerance, and still says that it is slower', () => {
    const [before, after] = [run(10), run(10.4)];
    expect(compareRuns({ before, after }).changes[0]).toMatchObject({ verdict: 'slower', regressed: true });
    expect(compareRuns({ before, after, tolerance: 0.05 }).changes[0]).toMatchObject({
      verdict: 'slower',
      regressed: false,
    });
    expect(compareRuns({ before, after: run(12), tolerance: 0.05 }).changes[0]?.regressed).toBe(true);
  });

  it('matches by candidate, precision, network, batch and phase', () => {
    const before = benchmarkOf({
      measurements: [
        measured({ candidate: 'a' }),
        measured({ candidate: 'a', precision: 'q8', p50Ms: 5 }),
        measured({ candidate: 'a', variant: 'caffenet', p50Ms: 7 }),
        measured({ candidate: 'a', batch: 8, p50Ms: 60 }),
        measured({ candidate: 'b' }),
      ],
    });
    const after = benchmarkOf({
      measurements: [...before.measurements.slice(1, 4).toReversed(), measured({ candidate: 'c' })],
    });
    const { changes } = compareRuns({ before, after });
    expect(changes.map(({ beforeMs, afterMs }) => [beforeMs, afterMs])).toEqual([
      [60, 60],
      [7, 7],
      [5, 5],
    ]);
  });

  it('claims nothing of what was timed once', () => {
    const once = { phase: 'compile', samples: 1, ciLowMs: 0, ciHighMs: 1e9 } as const;
    const [change] = compareRuns({ before: run(10, once), after: run(90, once) }).changes;
    expect(change).toMatchObject({ ratio: 1 / 9, verdict: 'no difference shown', regressed: false });
    expect(change).not.toHaveProperty('ciLow');
  });

  it('asks more of each row the more rows there are', () => {
    const many = (ms: number) =>
      benchmarkOf({ measurements: Array.from({ length: 40 }, (_, i) => measured({ batch: i + 1, p50Ms: ms })) });
    const [before, after] = [10, 10.16];
    expect(compareRuns({ before: run(before), after: run(after) }).changes[0]?.verdict).toBe('slower');
    expect(
      compareRuns({ before: many(before), after: many(after) }).changes.map(({ verdict }) => verdict),
    ).not.toContain('slower');
  });

  const beside = (oursMs: number, peerMs: number) =>
    benchmarkOf({
      measurements: [
        measured({ candidate: 'ours', p50Ms: oursMs }),
        measured({ candidate: 'peer', kind: 'peer', p50Ms: peerMs }),
      ],
      comparisons: [compared('peer', 'ours', [oursMs / peerMs, (0.99 * oursMs) / peerMs, (1.01 * oursMs) / peerMs])],
    });

  it('of which one was on a slower machine are compared by a peer', () => {
    const [before, after] = [beside(10, 10), beside(18, 20)];
    expect(compareRuns({ before, after }).changes[0]).toMatchObject({ candidate: 'ours', verdict: 'slower' });
    const [ours, peer] = compareRuns({ before, after, relativeTo: 'peer' }).changes;
    expect(ours).toMatchObject({ relativeTo: 'peer', verdict: 'faster', regressed: false });
    expect(ours?.ratio).toBeCloseTo(10 / 9, 12);
    expect(peer).toMatchObject({ candidate: 'peer', verdict: 'slower', regressed: false }); // not ours to fix
  });

  it('must both have the peer', () => {
    expect(() => compareRuns({ before: run(1), after: beside(1, 1), relativeTo: 'peer' })).toThrow(
      expect.objectContaining({ code: 'unknown-name', fix: 'Nothing was: leave it out.' }),
    );
    expect(() => compareRuns({ before: beside(1, 1), after: beside(1, 1), relativeTo: 'onnx' })).toThrow(/ours, peer/);
  });

  it('show which candidate is refused now', () => {
    const refusal = { candidate: 'a', precision: 'f32', variant: 'torchvision', reason: 'does not conform' } as const;
    const after = benchmarkOf({ refusals: [refusal, { ...refusal, candidate: 'never-timed' }] });
    expect(compareRuns({ before: run(10), after }).lost).toEqual([refusal]);
  });

  it('say what else is different', () => {
    const { notes } = compareRuns({ before: run(10), after: run(10, { engine: 'engine 2.0', threads: 4 }) });
    expect(notes[0]).toContain('not interleaved');
    expect(notes.slice(1)).toEqual(['a: engine engine 1.0 before, engine 2.0 now.', 'a: threads 2 before, 4 now.']);
    expect(compareRuns({ before: run(1), after: benchmarkOf() }).notes).toEqual([expect.stringMatching(/nothing in/)]);
  });
});
