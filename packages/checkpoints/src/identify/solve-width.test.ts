import { costOf, createVariant, variantIds } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { solveWidth } from './solve-width.ts';

const outputsOf = (id: string, width: number) =>
  costOf(createVariant(id, { width }).graph)
    .nodes.filter(({ op }) => op === 'conv2d' || op === 'linear')
    .map(({ shape }) => shape[0]!)
    .slice(0, -1);

const widths = [1, 2, 0.5, 0.25, 0.75, 1 / 3, 1 / 8, 1 / 16, 1 / 32, 0.1, 0.3, 0.37, 0.7079, 1.1, 0.001, 16];

describe.each(variantIds)('the width of %s', (id) => {
  const published = outputsOf(id, 1);

  it.each(widths)('is found where it was %d', (width) => {
    const found = outputsOf(id, width);
    const solved = solveWidth(published.map((channels, i) => ({ published: channels, found: found[i]! })))!;
    expect(outputsOf(id, solved)).toEqual(found);
  });
});

describe('solveWidth', () => {
  const pairs = (...found: number[]) => [96, 256, 384, 4096].map((published, i) => ({ published, found: found[i]! }));

  it.each([
    ['as published', pairs(96, 256, 384, 4096), 1],
    ['a sixteenth', pairs(6, 16, 24, 256), 1 / 16],
    ['a third', pairs(32, 86, 128, 1366), 1 / 3],
  ])('gives the simplest width: %s', (_what, outputs, width) => {
    expect(solveWidth(outputs)).toBe(width);
  });

  it.each([
    ['layers that were narrowed in different ways', pairs(96, 256, 384, 2048)],
    ['odd numbers', pairs(95, 253, 379, 4053)],
    ['nothing', pairs(0, 0, 0, 0)],
    ['more than core takes', pairs(9600, 25600, 38400, 409_600)],
  ])('finds no width for %s', (_what, outputs) => {
    expect(solveWidth(outputs)).toBeUndefined();
  });
});
