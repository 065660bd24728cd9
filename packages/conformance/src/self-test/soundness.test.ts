import { describe, expect, it } from 'vitest';
import { toFloat16 } from './float16.ts';
import { kernel } from './kernels/float32-kernels.ts';
import { correctKernels } from './kernels/index.ts';
import { winogradKernel } from './kernels/winograd.ts';
import { runSoundness } from './soundness.ts';
import { soundnessCases } from './soundness-cases.ts';
import { soundnessData } from './soundness-data.ts';
import { measureTightness } from './tightness.ts';

/** `npm run soundness` takes 10,000, and so does `runSelfTest`. */
const CASES = 800;

it('no correct kernel fails on random cases, and none is left without a case', { timeout: 60_000 }, async () => {
  const report = await runSoundness({ cases: CASES, seed: 1 });
  expect(report.failures).toEqual([]);
  expect(report).toMatchObject({ cases: CASES, falseFailures: 0 });
  const tried = new Set(report.tightest.map(({ kernel: name, op }) => `${op}/${name}`));
  expect(correctKernels.filter(({ name, op }) => !tried.has(`${op}/${name}`))).toEqual([]);
});

describe('kernels that are not correct float32 fail', () => {
  it.each([
    {
      why: 'Winograd that is not declared',
      kernels: [{ name: 'undeclared', ...winogradKernel('winograd-4x4-3x3', false) }],
    },
    {
      why: 'sums in half precision',
      kernels: [
        {
          name: 'half',
          op: 'conv2d' as const,
          alteration: kernel((a, b, bias) => a.reduce((sum, value, i) => toFloat16(sum + value * b[i]!), bias)),
        },
      ],
    },
  ])('$why', async ({ kernels }) => {
    const { falseFailures, judgements } = await runSoundness({ cases: 100, kernels });
    expect(falseFailures).toBeGreaterThan(0.1 * judgements);
  });
});

describe('the random cases', () => {
  const cases = soundnessCases(CASES, 2012);
  it('are the same for the same seed, and others for another', () => {
    expect(soundnessCases(CASES, 2012)).toEqual(cases);
    expect(soundnessCases(CASES, 2013)).not.toEqual(cases);
  });
  it('cover every kind of data', () => {
    expect(new Set(cases.map(({ data }) => data))).toEqual(new Set(Object.keys(soundnessData)));
  });
  it('have sums as long as those of fc6', () => {
    expect(cases.some(({ random }) => random.op === 'linear' && random.input[1]! > 8192)).toBe(true);
  });
});

it('a run can be stopped', async () => {
  await expect(runSoundness({ cases: 1, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
});

it('budgets are tight: most sums of 9,216 terms that lack any one of them are caught', () => {
  const found = Object.fromEntries(measureTightness({ terms: 9216, layers: 4 }).map((each) => [each.mistake, each]));
  expect(found['one term dropped']!.outputs).toBeGreaterThan(0.8);
  expect(found['one operand in bfloat16']!.layers).toBe(1);
});
