import { describe, expect, it } from 'vitest';
import { benchmarkOf, compared, conformed, measured } from '../testing/records.ts';
import { adviceOf } from './advice.ts';

const three = benchmarkOf({
  measurements: [
    measured({ candidate: 'slow', p50Ms: 30 }),
    measured({ candidate: 'fast', p50Ms: 10 }),
    measured({ candidate: 'middle', p50Ms: 20 }),
  ],
  comparisons: [
    compared('slow', 'fast', [1 / 3, 0.3, 0.35]),
    compared('slow', 'middle', [0.66, 0.6, 0.7]),
    compared('fast', 'middle', [2, 1.9, 2.1]),
  ],
});
const all = ['fast', 'middle', 'slow'].map((id) => conformed(id, 491));

describe('advice', () => {
  it('names the backend that is faster than every other, beside the next best', () => {
    expect(adviceOf({ conformance: all, benchmark: three })).toEqual([
      {
        variant: 'torchvision',
        batch: 1,
        precision: 'f32',
        use: ['fast'],
        runnerUp: { than: 'middle', ratio: 2, ciLow: 1.9, ciHigh: 2.1 },
        excluded: [],
        sentence: 'Use fast here: 2.00 times as fast as middle (1.90 to 2.10), and it conforms.',
      },
    ]);
  });

  it('never recommends a backend that fails a check, however fast', () => {
    const conformance = [conformed('fast', 490, 1), ...all.slice(1)];
    const [advice] = adviceOf({ conformance, benchmark: three });
    expect(advice).toMatchObject({
      use: ['middle'],
      excluded: [{ candidate: 'fast', reason: 'does not conform: 1 of 491 checks failed' }],
      sentence: expect.stringMatching(/^Use middle here: 1\.52 times as fast as slow \(1\.43 to 1\.67\)/),
    });
  });

  it('never recommends a backend that the suite did not check, or only skipped', () => {
    const [advice] = adviceOf({ conformance: [conformed('fast', 0), all[2]!], benchmark: three });
    expect(advice?.use).toEqual(['slow']);
    expect(advice?.sentence).toBe('Use slow here: no other backend was timed that may be used, and it conforms.');
    expect(advice?.excluded.map(({ reason }) => reason)).toEqual(['was not checked', 'was not checked']);
  });

  it('claims nothing where the interval holds 1', () => {
    const benchmark = benchmarkOf({
      measurements: [measured({ candidate: 'a', p50Ms: 10.1 }), measured({ candidate: 'b', p50Ms: 10 })],
      comparisons: [compared('a', 'b', [0.99, 0.96, 1.02])],
    });
    const [advice] = adviceOf({ conformance: [conformed('a', 9), conformed('b', 9)], benchmark });
    expect(advice?.use).toEqual(['b', 'a']);
    expect(advice?.sentence).toBe(
      'b and a: no difference shown (b beside a: 0.98 to 1.04); either will do, both conform.',
    );
  });

  it('claims nothing of a pair that was not compared', () => {
    const [advice] = adviceOf({ conformance: all, benchmark: { ...three, comparisons: [] } });
    expect(advice?.use).toEqual(['fast', 'middle', 'slow']);
    expect(advice).not.toHaveProperty('runnerUp');
  });

  it('mentions a peer, and does not recommend it', () => {
    const benchmark = benchmarkOf({
      measurements: [
        measured({ candidate: 'ours', p50Ms: 12 }),
        measured({ candidate: 'peer', kind: 'peer', p50Ms: 6 }),
      ],
      comparisons: [compared('ours', 'peer', [0.5, 0.48, 0.52])],
    });
    const [advice, ...more] = adviceOf({ conformance: [conformed('ours', 9)], benchmark });
    expect(more).toEqual([]);
    expect(advice?.use).toEqual(['ours']);
    expect(advice?.sentence).toBe(
      'Use ours here: no other backend was timed that may be used, and it conforms; the peer peer is 2.00 times as fast (1.92 to 2.08).',
    );
  });

  it('keeps precisions apart: they compute different things', () => {
    const benchmark = benchmarkOf({
      measurements: [measured({ candidate: 'a' }), measured({ candidate: 'a', precision: 'q8', p50Ms: 5 })],
    });
    expect(adviceOf({ benchmark }).map(({ precision, use }) => [precision, use])).toEqual([
      ['f32', ['a']],
      ['q8', ['a']],
    ]);
  });

  it('says no more than the gate proved where the suite did not run', () => {
    expect(adviceOf({ benchmark: three })[0]?.sentence).toMatch(/, and it gives what the oracle gives\.$/);
  });

  it('says why nothing can be recommended', () => {
    const benchmark = benchmarkOf({
      measurements: [measured({ candidate: 'a' })],
      refusals: [{ candidate: 'b', precision: 'f32', variant: 'torchvision', reason: 'out of memory' }],
    });
    const [advice] = adviceOf({ conformance: [conformed('a', 1, 2)], benchmark });
    expect(advice?.sentence).toBe(
      'No backend can be recommended: a does not conform: 2 of 3 checks failed and b was refused: out of memory.',
    );
  });

  it('does not print an interval above 1 as 1.00', () => {
    const benchmark = { ...three, comparisons: [compared('fast', 'middle', [1.003, 1.001, 1.004])] };
    const conformance = all.slice(0, 2);
    expect(adviceOf({ conformance, benchmark })[0]?.sentence).toContain(
      '1.003 times as fast as middle (1.001 to 1.004)',
    );
  });
});
