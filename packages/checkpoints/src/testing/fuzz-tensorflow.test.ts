import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';
import { fuzzKeras } from './fuzz-keras.ts';
import { fuzzTfjs } from './fuzz-tfjs.ts';

describe.each([
  { target: fuzzKeras, cases: 200, least: 10 },
  { target: fuzzTfjs, cases: 2000, least: 10 },
])('mutated files of $target.name', ({ target, cases, least }) => {
  it('are read or refused', async () => {
    const { accepted, refused } = await fuzz(target, { seed: 1, cases });
    expect(Math.min(accepted, refused)).toBeGreaterThan(least); // else the mutations are too tame, or too wild
  });
});
