import { buildGraph, type Tensor } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { filterPicture } from './filters.ts';

const graphOf = (depth: number) =>
  buildGraph('small', { name: 'input', shape: [depth, 4, 5] })
    .conv2d('conv1', 2, [1, 2])
    .flatten('flatten')
    .build();
const weightsOf = (shape: readonly number[], values: readonly number[]) =>
  new Map<string, Tensor>([['conv1.weight', { shape, data: Float32Array.from(values) }]]);
/** Two filters of three channels, one row, two columns. */
const colour = weightsOf([2, 3, 1, 2], [0, 1, 2, 3, 4, 5, -10, 0, 0, 0, 0, 10]);
const pixelsOf = (picture: { readonly data: Uint8ClampedArray } | undefined) =>
  Array.from({ length: picture!.data.length / 4 }, (_, i) => [...picture!.data.subarray(4 * i, 4 * i + 3)]);

describe('filters as pictures', () => {
  it.each([
    { channels: 'RGB', first: [0, 102, 204] },
    { channels: 'BGR', first: [204, 102, 0] },
  ] as const)('are in the colours that $channels has, each from its own smallest to its largest weight', (row) => {
    const found = filterPicture(graphOf(3), colour, row.channels);
    expect(found).toMatchObject({ layer: 'conv1', shape: [2, 3, 1, 2], picture: { width: 2, height: 3 } });
    const pixels = pixelsOf(found?.picture);
    expect(pixels[0]).toEqual(row.first);
    const second = row.channels === 'RGB' ? [0, 128, 128] : [128, 128, 0];
    expect(pixels[4]).toEqual(second); // after a gap
  });

  it('are grey where they read one channel', () => {
    const found = filterPicture(graphOf(1), weightsOf([2, 1, 1, 2], [0, 5, 5, 5]), 'grey');
    expect(pixelsOf(found?.picture)).toEqual([0, 255, 0, 0, 128, 128].map((grey) => [grey, grey, grey]));
  });

  it('show a weight that is no number as such', () => {
    const found = filterPicture(graphOf(1), weightsOf([2, 1, 1, 2], [0, NaN, 1, 2]), 'grey');
    expect(pixelsOf(found?.picture)[1]).toEqual([255, 0, 255]);
  });

  it('are none where there is no convolution', () => {
    const graph = buildGraph('flat', { name: 'input', shape: [3] })
      .linear('fc', 2)
      .build();
    expect(filterPicture(graph, new Map(), 'RGB')).toBeUndefined();
  });
});
