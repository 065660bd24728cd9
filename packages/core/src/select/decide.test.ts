import { describe, expect, it } from 'vitest';
import type { Finding } from './choice.ts';
import { decide } from './decide.ts';

interface Known {
  readonly id: string;
  readonly ms: readonly [number, number, number];
  readonly kB?: number;
  readonly lacks?: string;
}

function finding({ id, ms: [ciLowMs, p50Ms, ciHighMs], kB, lacks }: Known): Finding {
  return {
    backend: id,
    status: 'ok',
    lacks: lacks === undefined ? [] : [lacks],
    evidence: [],
    prescriptions: [],
    speed: { network: 'net', p50Ms, ciLowMs, ciHighMs, turns: 9 },
    ...(kB === undefined ? {} : { download: { files: [], bytes: 2000 * kB, gzipBytes: 1000 * kB } }),
  };
}

describe('of what was measured', () => {
  it.each<{ why: string; known: Known[]; chosen: string | undefined; runnerUp?: string; says?: RegExp }>([
    { why: 'nothing is chosen from nothing', known: [], chosen: undefined },
    {
      why: 'nothing that lacks something is chosen',
      known: [{ id: 'a', ms: [1, 1, 1], lacks: 'x' }],
      chosen: undefined,
    },
    {
      why: 'the only one is chosen',
      known: [
        { id: 'a', ms: [1, 2, 3] },
        { id: 'b', ms: [1, 1, 1], lacks: 'x' },
      ],
      chosen: 'a',
      says: /the only one here that can be used\. It takes 2\.00 ms \(1\.00 ms to 3\.00 ms\)/,
    },
    {
      why: 'the fastest is chosen, however much it brings',
      known: [
        { id: 'a', ms: [4, 5, 6], kB: 10 },
        { id: 'b', ms: [1, 2, 3], kB: 5000 },
        { id: 'c', ms: [7, 8, 9], kB: 20 },
      ],
      chosen: 'b',
      runnerUp: 'a',
      says: /fastest of 3.*a takes 5\.00 ms, 2\.5 times as long/,
    },
    {
      why: 'where no difference was shown, the one that brings less is chosen',
      known: [
        { id: 'a', ms: [1, 2, 3], kB: 5000 },
        { id: 'b', ms: [2.5, 3.5, 4], kB: 300 },
        { id: 'c', ms: [7, 7, 7], kB: 1 },
      ],
      chosen: 'b',
      runnerUp: 'a',
      says: /No difference in speed was shown to a; it brings the fewest bytes: 300 kB, not 5\.0 MB\. c takes 7\.00 ms, 2\.0 times/,
    },
    {
      why: 'where that is not known of all, the first in order is chosen',
      known: [
        { id: 'a', ms: [2.5, 3.5, 4] },
        { id: 'b', ms: [1, 2, 3], kB: 300 },
      ],
      chosen: 'a',
      runnerUp: 'b',
      says: /comes first in the order that was given/,
    },
  ])('$why', ({ known, chosen, runnerUp, says = /^/ }) => {
    const decision = decide(known.map(finding), {});
    expect(decision.chosen).toBe(chosen);
    expect(decision.runnerUp).toBe(runnerUp);
    expect(decision.reasons.join(' ')).toMatch(says);
  });
});
