import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedPrecisions } from '../numerics/precision.ts';
import { judgeCase } from '../ops/check.ts';
import { opCases } from '../ops/index.ts';
import { randomLinear } from '../properties/arbitraries.ts';
import { opCaseOf } from '../properties/random-case.ts';
import { type Alteration, alteredBackend } from './altered-backend.ts';
import { dots, kernel } from './kernels/float32-kernels.ts';
import { correctKernels } from './kernels/index.ts';
import { storedKernel } from './kernels/stored-kernels.ts';
import { winogradKernel } from './kernels/winograd.ts';
import { judgeKernels } from './soundness.ts';
import { opCaseOfSoundness, soundnessCases } from './soundness-cases.ts';

const { signal } = new AbortController();
const ops = new Set(correctKernels.map(({ op }) => op));

describe('no correct float32 kernel fails on the op cases', () => {
  it.each(opCases.filter(({ op, precision }) => ops.has(op) && precision === 'f32'))('$id', (opCase) => {
    const kernels = correctKernels.filter(
      ({ alteration }) => !opCase.data.nonFinite || alteration.capabilities?.strictNonFinite !== false,
    );
    const failed = [...judgeKernels(opCase, kernels)].filter(([, { passed }]) => !passed);
    expect(failed.map(([{ name }, { reason }]) => `${name}: ${reason}`)).toEqual([]);
  });
});

it.each(Object.entries(dots))('a backend with a correct kernel passes: %s', async (_name, dot) => {
  for (const opCase of opCases.filter(({ id }) => /^op\/(conv2d\/plain|linear\/[^/]+)\/random$/.test(id))) {
    const { passed, reason } = await judgeCase(opCase, alteredBackend(kernel(dot)), signal);
    expect(passed, `${opCase.id}: ${reason}`).toBe(true);
  }
});

describe('a backend with Winograd convolutions', () => {
  const cases = soundnessCases(300, 3)
    .filter(({ random: { op, weight = [], attributes } }) => {
      const { stride } = attributes as { readonly stride?: readonly number[] };
      return op === 'conv2d' && weight[2] === 3 && weight[3] === 3 && stride?.every((step) => step === 1);
    })
    .map(opCaseOfSoundness);
  const failuresOf = async (alteration: Alteration) => {
    const backend = alteredBackend(alteration);
    const verdicts = await Promise.all(cases.map((opCase) => judgeCase(opCase, backend, signal)));
    return verdicts.filter(({ passed }) => !passed).length;
  };
  it.each(['winograd-2x2-3x3', 'winograd-4x4-3x3'] as const)('passes where it declares %s', async (algorithm) => {
    expect(cases.length).toBeGreaterThan(30);
    expect(await failuresOf(winogradKernel(algorithm).alteration)).toBe(0);
  });
  it('fails where it does not', async () => {
    expect(await failuresOf(winogradKernel('winograd-4x4-3x3', false).alteration)).toBeGreaterThan(0.3 * cases.length);
  });
});

describe('a correct kernel on stored weights never fails', () => {
  const stored = opCases.filter(({ precision }) => precision !== 'f32');
  const random = fc
    .sample(
      randomLinear(fc.constantFrom(...storedPrecisions), fc.constantFrom('random', 'negative', 'thirds', 'uneven')),
      { seed: 2012, numRuns: 20 },
    )
    .map((each) => opCaseOf({ ...each, relu: false }));
  it.each([
    'one accumulator, bias first',
    'a tree of pairs',
    'eight lanes',
    '256 lanes',
    'tiles of 16',
    'fused multiply-add',
  ])('%s', async (name) => {
    const backend = alteredBackend(storedKernel(dots[name]!));
    for (const opCase of [...stored, ...random]) {
      const { passed, reason } = await judgeCase(opCase, backend, signal);
      expect(passed, `${opCase.id}: ${reason}`).toBe(true);
    }
  });
});
