import { describe, expect, it } from 'vitest';
import { gradientCases } from '../gradients/index.ts';
import { judgeGradientKernels, randomGradientCases } from './gradient-soundness.ts';

describe('no correct float32 kernel of a gradient fails', () => {
  it('on the rows of the suite', { timeout: 240_000 }, async () => {
    const { failures, judgements } = await judgeGradientKernels(gradientCases);
    expect(failures).toEqual([]);
    expect(judgements).toBeGreaterThan(3000);
  });

  it('on random layers and data', { timeout: 240_000 }, async () => {
    const { failures, judgements } = await judgeGradientKernels(randomGradientCases(300, 1));
    expect(failures).toEqual([]);
    expect(judgements).toBeGreaterThan(2000);
  });
});
