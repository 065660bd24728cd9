import { buildGraph } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { candidates, defaultChoices } from '../plan/choices.ts';
import { gpu } from '../testing/gpu.ts';
import { choicesFor } from './choices-for.ts';
import { shipped } from './shipped.ts';
import { type TuneProgress, tune } from './tune.ts';
import { checkTuning, type Tuning, tunedChoices } from './tuning.ts';

const [small, , large] = candidates.convolution;
const size = { pixels: 100, groupOut: 8, groups: 1, depth: 27 };
const tuning: Tuning = {
  version: 1,
  adapter: 'acme gpu',
  convolutions: [
    { size, choice: small },
    { size: { ...size, pixels: 3200 }, choice: large },
  ],
  linears: [
    { samples: 1, rows: 1, cols: 4 },
    { samples: 32, rows: 16, cols: 1 },
  ],
};
const usual = defaultChoices(false);

describe('choices by a tuning', () => {
  const choices = tunedChoices(tuning, usual);

  it.each([
    { why: 'the size that was timed', size, choice: small },
    { why: 'fewer pixels than any', size: { ...size, pixels: 10 }, choice: small },
    { why: 'a number of pixels nearer to the second by ratio', size: { ...size, pixels: 800 }, choice: large },
    { why: 'another depth', size: { ...size, depth: 28 }, choice: usual.convolution({ ...size, depth: 28 }) },
    { why: 'other groups', size: { ...size, groups: 2 }, choice: usual.convolution({ ...size, groups: 2 }) },
  ])('take, for $why, what was fastest or what is usual', ({ size: wanted, choice }) => {
    expect(choices.convolution(wanted)).toEqual(choice);
  });

  it.each([
    { samples: 2, rows: 1, cols: 4 },
    { samples: 20, rows: 16, cols: 1 },
  ])('take the nearest number of samples, and cut the input as usual', ({ samples, rows, cols }) => {
    const wanted = { samples, inVectors: 1024, outVectors: 1024 };
    expect(choices.linear(wanted)).toEqual({ rows, cols, parts: usual.linear(wanted).parts });
  });

  it.each([
    { why: 'the adapter that it is for', name: 'acme gpu', says: 'given tuning' },
    { why: 'another adapter', name: 'other gpu', says: 'is for acme gpu' },
  ])('are used for $why or said to be for another', ({ name, says }) => {
    expect(choicesFor({ tuning }, { name, software: false }).note).toContain(says);
  });
});

describe('a stored tuning', () => {
  it('comes back from JSON', () => {
    expect(checkTuning(JSON.parse(JSON.stringify(tuning)))).toEqual(tuning);
  });

  it.each(shipped)('that comes with the package for $adapter is one', (each) => {
    expect(checkTuning(each)).toBe(each);
  });

  it.each([
    { why: 'nothing', stored: null },
    { why: 'another version', stored: { ...tuning, version: 2 } },
    { why: 'no list', stored: { ...tuning, linears: {} } },
    {
      why: 'a kernel that is no candidate',
      stored: { ...tuning, convolutions: [{ size, choice: { kernel: 'relu' } }] },
    },
    { why: 'a tile that is no candidate', stored: { ...tuning, linears: [{ samples: 1, rows: 3, cols: 1 }] } },
    { why: 'a hole', stored: { ...tuning, convolutions: [null] } },
  ])('is refused: $why', ({ stored }) => {
    expect(() => checkTuning(stored)).toThrow(expect.objectContaining({ code: 'invalid-file' }));
  });
});

describe.skipIf(gpu === undefined)('tuning', () => {
  const graph = buildGraph('g', { name: 'x', shape: [3, 23, 19] })
    .conv2d('conv', 8, 5, { stride: 2 })
    .relu('r')
    .build();

  it('times every candidate and keeps the fastest', async () => {
    const seen: TuneProgress[] = [];
    const setup = { id: 'webgpu', gpu: gpu!, engine: 'Dawn', limits: 'adapter' } as const;
    const found = await tune(setup, { graph, batches: [1], onProgress: (progress) => seen.push(progress) });
    const convolutions = seen.filter(({ layer }) => layer === 'conv');
    expect(convolutions).toHaveLength(candidates.convolution.length);
    expect(seen.every(({ ms }) => ms >= 0)).toBe(true);
    expect(found.convolutions).toHaveLength(1);
    expect(checkTuning(found)).toBe(found);
    await expect(tune(setup, { graph, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });
});
