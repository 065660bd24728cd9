import { AlexNetError } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { fuzz, fuzzInput } from './fuzz.ts';
import type { FuzzTarget } from './fuzz-target.ts';

describe('fuzz', () => {
  const target = (read: FuzzTarget['read']): FuzzTarget => ({
    name: 'test',
    corpus: async () => [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), new Uint8Array(40)],
    read,
  });
  const refuse = () => new AlexNetError({ code: 'invalid-file', message: 'no' });

  it('gives the same input for the same seed and case, whatever ran before', async () => {
    const seen: string[] = [];
    const note = target(async (bytes) => void seen.push(bytes.join()));
    await fuzz(note, { seed: 7, cases: 20 });
    const late = await fuzzInput(note, 7, 15);
    expect(late.join()).toBe(seen[2 + 15]);
    expect(new Set(seen).size).toBeGreaterThan(15);
    expect((await fuzzInput(note, 8, 15)).join()).not.toBe(late.join());
  });

  it('reports an error of another kind, with seed and case', async () => {
    const bad = target(async (bytes) => {
      if (bytes[0] !== 1 && bytes[0] !== 0) throw new RangeError('far out');
    });
    await expect(fuzz(bad, { seed: 3, cases: 500 })).rejects.toThrow(/^test, seed 3, case \d+, \d+ bytes: .*far out/);
  });

  it('counts what is refused', async () => {
    const picky = target(async (bytes) => {
      if (bytes.length !== 8 && bytes.length !== 40) throw refuse();
    });
    const { accepted, refused } = await fuzz(picky, { seed: 3, cases: 100 });
    expect(accepted + refused).toBe(100);
    expect(Math.min(accepted, refused)).toBeGreaterThan(0);
  });

  it('does not start with a corpus that cannot be read', async () => {
    const broken = target(async () => {
      throw refuse();
    });
    await expect(fuzz(broken, { seed: 1, cases: 1 })).rejects.toThrow(AlexNetError);
  });
});
