import { describe, expect, it } from 'vitest';
import type { Finding } from './choice.ts';
import { decide } from './decide.ts';
import { medianInterval } from './statistics.ts';

interface Known {
  readonly id: string;
  readonly turns: readonly number[];
  readonly kB?: number;
  readonly lacks?: string;
}

function finding({ id, turns, kB, lacks }: Known): Finding {
  const { value, low, high } = medianInterval(turns);
  return {
    backend: id,
    status: 'ok',
    lacks: lacks === undefined ? [] : [lacks],
    evidence: [],
    prescriptions: [],
    speed: { network: 'net', p50Ms: value, ciLowMs: low, ciHighMs: high, turnsMs: turns },
    ...(kB === undefined ? {} : { download: { files: [], bytes: 2000 * kB, gzipBytes: 1000 * kB } }),
  };
}

/** Nine turns, the median of which is `ms`; the interval leaves the ends out. */
function around(ms: number, spread = 0.1 * ms): number[] {
  return [0, -1, 0.5, 1, -0.5, 2, -1, 1, -2].map((step) => ms + step * spread);
}

describe('of what was measured', () => {
  it.each<{ why: string; known: Known[]; chosen: string | undefined; runnerUp?: string; says?: RegExp }>([
    { why: 'nothing is chosen from nothing', known: [], chosen: undefined },
    {
      why: 'nothing that lacks something is chosen',
      known: [{ id: 'a', turns: around(1), lacks: 'x' }],
      chosen: undefined,
    },
    {
      why: 'the only one is chosen',
      known: [
        { id: 'a', turns: around(2) },
        { id: 'b', turns: around(1), lacks: 'x' },
      ],
      chosen: 'a',
      says: /the only one here that can be used\. It takes 2\.00 ms \(1\.80 ms to 2\.20 ms\)/,
    },
    {
      why: 'the fastest is chosen, however much it brings',
      known: [
        { id: 'a', turns: around(5), kB: 10 },
        { id: 'b', turns: around(2), kB: 5000 },
        { id: 'c', turns: around(8), kB: 20 },
      ],
      chosen: 'b',
      runnerUp: 'a',
      says: /fastest of 3.*a takes 5\.00 ms, 2\.5 times as long/,
    },
    {
      why: 'where no difference was shown, the one that brings less is chosen',
      known: [
        { id: 'a', turns: around(2), kB: 5000 },
        { id: 'b', turns: around(2.1).toReversed(), kB: 300 },
        { id: 'c', turns: around(7), kB: 1 },
      ],
      chosen: 'b',
      runnerUp: 'a',
      says: /No difference in speed was shown to a; it brings the fewest bytes: 300 kB, not 5\.0 MB\. c takes 7\.00 ms, 3\.3 times/,
    },
    {
      why: 'where that is not known of all, the first in order is chosen',
      known: [
        { id: 'a', turns: around(2.1).toReversed() },
        { id: 'b', turns: around(2), kB: 300 },
      ],
      chosen: 'a',
      runnerUp: 'b',
      says: /comes first in the order that was given/,
    },
    {
      why: 'what is slower in every round is slower, however much the machine varies',
      known: [
        { id: 'a', turns: around(2, 0.9).map((ms) => 1.1 * ms) },
        { id: 'b', turns: around(2, 0.9) },
      ],
      chosen: 'b',
      runnerUp: 'a',
      says: /fastest of 2/,
    },
    {
      why: 'what had two turns is slower when both are',
      known: [
        { id: 'a', turns: [9, 8] },
        { id: 'b', turns: around(2) },
      ],
      chosen: 'b',
      runnerUp: 'a',
      says: /fastest of 2/,
    },
    {
      why: 'what had two turns is not slower when one is',
      known: [
        { id: 'a', turns: [9, 2] },
        { id: 'b', turns: around(2) },
      ],
      chosen: 'a',
      runnerUp: 'b',
      says: /No difference/,
    },
  ])('$why', ({ known, chosen, runnerUp, says = /^/ }) => {
    const decision = decide(known.map(finding), {});
    expect(decision.chosen).toBe(chosen);
    expect(decision.runnerUp).toBe(runnerUp);
    expect(decision.reasons.join(' ')).toMatch(says);
  });
});
