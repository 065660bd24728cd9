import type { Precision } from '@alexnet/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DataSetName, dataSets } from '../data.ts';
import { casesOf, type OpCase } from '../ops/case.ts';
import { judgeCase, opChecks } from '../ops/check.ts';
import { storedPrecisions } from '../precision.ts';
import { runCheck } from '../run-check.ts';
import { type Alteration, alteredBackend } from './altered-backend.ts';
import { dots, kernel } from './kernels/float32-kernels.ts';
import { layerKernels } from './kernels/float32-layers.ts';
import { storedKernel } from './kernels/stored-kernels.ts';

const options = { skips: () => undefined, timeLimitMs: 10_000, signal: undefined, giveUp: false };
const RUNS = 60;

/** Small whole numbers, and seldom large ones. */
const extent = (max: number) => fc.integer({ min: 1, max });
const data = fc.constantFrom<DataSetName>('random', 'negative', 'large', 'zeros', 'thirds');

const randomConvolution = fc
  .record({
    batch: extent(2),
    groups: extent(3),
    perGroup: extent(9),
    outPerGroup: extent(3),
    kernel: fc.tuple(extent(5), extent(5)),
    extra: fc.tuple(extent(6), extent(6)),
    stride: fc.tuple(extent(3), extent(3)),
    pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
    data,
  })
  .map(
    ({
      batch,
      groups,
      perGroup,
      outPerGroup,
      kernel: [kh, kw],
      extra,
      stride,
      pads: [top, left, bottom, right],
      data: set,
    }) => {
      const input = [batch, groups * perGroup, kh + extra[0], kw + extra[1]];
      const weight = [groups * outPerGroup, perGroup, kh, kw];
      const row = {
        slug: `${input}-${weight}-${stride}-${[top, left, bottom, right]}`,
        why: 'random',
        input,
        data: [set],
      };
      const attributes = { weight: 'w', bias: 'b', stride, groups, pads: { top, left, bottom, right } };
      const parameters = [
        { name: 'w', shape: weight, role: 'weight' as const },
        { name: 'b', shape: [groups * outPerGroup], role: 'bias' as const },
      ];
      return casesOf('conv2d', row, attributes, parameters)[0]!;
    },
  );

const randomLinearOf = (precision: fc.Arbitrary<Precision>, dataOf: fc.Arbitrary<DataSetName>) =>
  fc
    .record({
      batch: extent(4),
      features: fc.oneof(extent(40), fc.integer({ min: 41, max: 5000 })),
      out: extent(5),
      data: dataOf,
      precision,
    })
    .map(
      ({ batch, features, out, data: set, precision: stored }) =>
        casesOf(
          'linear',
          { slug: `${batch}-${features}-${out}`, why: 'random', input: [batch, features], data: [set] },
          { weight: 'w', bias: 'b' },
          [
            { name: 'w', shape: [out, features], role: 'weight' },
            { name: 'b', shape: [out], role: 'bias' },
          ],
          stored,
        )[0]!,
    );
const randomLinear = randomLinearOf(fc.constant('f32'), data);
const randomStored = randomLinearOf(
  fc.constantFrom(...storedPrecisions),
  fc.constantFrom('random', 'negative', 'large', 'zeros', 'thirds', 'uneven'),
);

/** What a backend gets wrong of so many random cases, after shrinking. */
async function failures(alteration: Alteration, cases: fc.Arbitrary<OpCase>): Promise<string[]> {
  const backend = alteredBackend(alteration);
  const result = await fc.check(
    fc.asyncProperty(cases, async (opCase) => (await judgeCase(opCase, backend, new AbortController().signal)).passed),
    { seed: 2012, numRuns: RUNS },
  );
  return (result.counterexample ?? []).map(({ id }) => id);
}

describe.each(Object.entries(dots))('a correct float32 kernel never fails: %s', (_name, dot) => {
  it('on the op cases', async () => {
    for (const definition of opChecks.filter(({ op }) => op === 'conv2d' || op === 'linear')) {
      const { check } = await runCheck(definition, { ...options, backend: alteredBackend(kernel(dot)) });
      expect(check.status, `${check.id}: ${check.reason}`).toBe('passed');
    }
  });
  it('on random convolutions', async () => {
    expect(await failures(kernel(dot), randomConvolution)).toEqual([]);
  });
  it('on random linear layers', async () => {
    expect(await failures(kernel(dot), randomLinear)).toEqual([]);
  });
});

describe.each(Object.entries(layerKernels))('a correct float32 kernel never fails: %s', (_name, { op, alteration }) => {
  it('on the op cases', async () => {
    for (const definition of opChecks.filter((check) => check.op === op)) {
      const { check } = await runCheck(definition, { ...options, backend: alteredBackend(alteration) });
      expect(check.status, `${check.id}: ${check.reason}`).toBe('passed');
    }
  });
});

describe.each(Object.entries(dots))('a correct kernel on stored weights never fails: %s', (_name, dot) => {
  it('on the op cases', async () => {
    for (const definition of opChecks.filter(({ precision }) => precision !== undefined)) {
      const { check } = await runCheck(definition, { ...options, backend: alteredBackend(storedKernel(dot)) });
      expect(check.status, `${check.id}: ${check.reason}`).toBe('passed');
    }
  });
  it('on random linear layers', async () => {
    expect(await failures(storedKernel(dot), randomStored)).toEqual([]);
  });
});

it('the random cases cover every kind of data', () => {
  const drawn = fc.sample(randomConvolution, { seed: 2012, numRuns: RUNS }).map(({ data: set }) => set);
  expect(new Set(drawn)).toEqual(
    new Set([dataSets.random, dataSets.negative, dataSets.large, dataSets.zeros, dataSets.thirds]),
  );
});
