import { expect, it } from 'vitest';
import { buildGraph, inferShapes } from './index.ts';

it('infers', () => {
  const g = buildGraph('g', { name: 'input', shape: [3, 227, 227] })
    .conv2d('conv1', 96, 11, { stride: 4 })
    .relu('relu1')
    .build();
  expect(inferShapes(g).values.get('relu1')).toEqual([96, 55, 55]);
});
