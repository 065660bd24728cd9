import { casesOf, judgeCase, type OpCase, type Row } from '@alexnet/conformance';
import { type Backend, precisions } from '@alexnet/core';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackend } from '../backend.ts';
import { describeKernel } from '../kernels/kernels.ts';
import { gpu } from '../testing/gpu.ts';
import { watch } from '../testing/watched-gpu.ts';
import { type Choices, candidates } from './choices.ts';

/*
 * Every candidate that a tuning may choose, on layers of any shape: within the budget of the conformance suite.
 */

const SEED = 1989;
const extent = (max: number) => fc.integer({ min: 1, max });
const pair = (max: number) => fc.tuple(extent(max), extent(max));
const noPads = { top: 0, left: 0, bottom: 0, right: 0 };
const parameter = (name: string, shape: readonly number[], role: 'weight' | 'bias') => ({ name, shape, role });
const row = (input: readonly number[], rest: object = {}): Row => ({
  slug: JSON.stringify([input, rest]),
  why: 'random',
  input,
  data: ['random'],
});

const convolutions = fc
  .record({
    batch: extent(3),
    groups: extent(3),
    perGroup: fc.oneof(extent(9), fc.constantFrom(4, 8, 12)),
    outPerGroup: fc.oneof(extent(9), fc.constantFrom(4, 8, 72)),
    kernel: pair(5),
    extra: pair(7),
    stride: pair(3),
    pads: fc.record({ top: fc.nat(3), left: fc.nat(3), bottom: fc.nat(3), right: fc.nat(3) }),
  })
  .map(({ batch, groups, perGroup, outPerGroup, kernel, extra, stride, pads }) => {
    const attributes = { weight: 'w', bias: 'b', stride, pads, groups };
    const weight = [groups * outPerGroup, perGroup, ...kernel];
    const input = [batch, groups * perGroup, kernel[0] + extra[0] - 1, kernel[1] + extra[1] - 1];
    const parameters = [parameter('w', weight, 'weight'), parameter('b', weight.slice(0, 1), 'bias')];
    return casesOf('conv2d', row(input, { shape: weight, ...attributes }), attributes, parameters)[0]!;
  });

const linears = fc
  .record({ batch: extent(35), features: extent(300), out: extent(40), precision: fc.constantFrom(...precisions) })
  .map(({ batch, features, out, precision }) => {
    const parameters = [parameter('w', [out, features], 'weight'), parameter('b', [out], 'bias')];
    return casesOf('linear', row([batch, features], { out }), { weight: 'w', bias: 'b' }, parameters, precision)[0]!;
  });

const image = fc.tuple(extent(3), extent(21), extent(12), extent(13));

const others = fc.oneof(
  fc
    .record({ input: image, kernel: pair(4), stride: pair(3), pads: pair(4), ceilMode: fc.boolean() })
    .map(({ input: [n, c, h, w], kernel, stride, pads, ceilMode }) => {
      const input = [n, c, h + kernel[0], w + kernel[1]];
      const around = {
        top: pads[0] % kernel[0],
        left: pads[1] % kernel[1],
        bottom: pads[1] % kernel[0],
        right: pads[0] % kernel[1],
      };
      const attributes = { kernel, stride, pads: around, ceilMode };
      return casesOf('maxPool2d', row(input, attributes), attributes)[0]!;
    }),
  fc
    .record({ input: image, output: pair(9) })
    .map(({ input, output }) => casesOf('adaptiveAvgPool2d', row(input, { output }), { output })[0]!),
  fc
    .record({
      input: image,
      size: extent(9),
      beta: fc.constantFrom(0.5, 0.75, 0.9, 1),
      alpha: fc.constantFrom(1e-4, 2),
    })
    .map(({ input, ...rest }) => casesOf('lrn', row(input, rest), { ...rest, bias: 1.5 })[0]!),
  image.map((input) => casesOf('pad2d', row(input), { pads: { ...noPads, left: input[0], bottom: input[1] % 4 } })[0]!),
  image.map((input) => casesOf('flatten', row(input), {})[0]!),
  image.map(([n, c, h]) => casesOf('softmax', row([n, c * h]), {})[0]!),
);

/** Each with its own number of parts: a tile has no say in it. */
const tiles = candidates.linear.map(({ rows, cols }, i) => ({
  name: `linear ROWS=${rows} COLS=${cols}`,
  rows,
  cols,
  parts: 1 + (i % 4),
}));

describe.skipIf(gpu === undefined)(`any shape, seed ${SEED}`, () => {
  let current: Choices = { convolution: () => candidates.convolution[0], linear: () => tiles[0]! };
  let backend: Backend;
  beforeAll(async () => {
    const choices: Choices = {
      convolution: (size) => current.convolution(size),
      linear: (size) => current.linear(size),
    };
    const watched = watch(gpu!, { guards: true }).gpu;
    backend = await createBackend({
      id: 'webgpu',
      gpu: watched,
      engine: 'Dawn',
      limits: 'default',
      maxBindingBytes: 8192,
      choices,
    });
  });
  afterAll(() => backend[Symbol.asyncDispose]());

  /** What fails, with the seed and the smallest case. */
  const failure = async (cases: fc.Arbitrary<OpCase>, numRuns: number) => {
    const property = fc.asyncProperty(cases, async (opCase) => {
      const { passed, reason } = await judgeCase(opCase, backend, new AbortController().signal);
      if (!passed) throw new Error(`${opCase.id}: ${reason}`);
    });
    return fc.asyncDefaultReportMessage(await fc.check(property, { seed: SEED, numRuns }));
  };

  it.each(candidates.convolution.map((choice) => ({ name: describeKernel(choice), choice })))(
    '$name',
    async ({ choice }) => {
      current = { ...current, convolution: () => choice };
      expect(await failure(convolutions, 40)).toBeUndefined();
    },
  );

  it.each(tiles)('$name', async (tile) => {
    current = { ...current, linear: () => tile };
    expect(await failure(linears, 12)).toBeUndefined();
  });

  it('the other kernels', async () => {
    expect(await failure(others, 150)).toBeUndefined();
  });
});
