import { buildGraph, type Shape, sizeOf } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import type { HeldWeights } from './held.ts';
import { plainForms } from './lower.ts';
import { buildModel } from './model.ts';

interface Case {
  readonly why: string;
  readonly channels: number;
  readonly outputs: number;
  readonly groups?: number;
  readonly kernel?: number;
  /** Output channels and input channels of each Conv. */
  readonly slices: readonly (readonly [outputs: number, inputs: number])[];
}

describe('convolution in slices', () => {
  it.each<Case>([
    { why: 'conv1: three channels are right', channels: 3, outputs: 96, slices: [[96, 3]] },
    { why: 'conv2: groups of whole vectors', channels: 96, outputs: 256, groups: 2, slices: [[256, 48]] },
    {
      why: 'a vector across the border of two groups',
      channels: 10,
      outputs: 12,
      groups: 2,
      slices: [
        [6, 5],
        [6, 5],
      ],
    },
    {
      why: 'groups of one output',
      channels: 10,
      outputs: 2,
      groups: 2,
      slices: [
        [1, 5],
        [1, 5],
      ],
    },
    { why: 'odd outputs are taken one by one', channels: 6, outputs: 9, groups: 3, slices: [[9, 2]] },
    {
      why: 'six channels into eight',
      channels: 6,
      outputs: 8,
      slices: [
        [7, 6],
        [1, 6],
      ],
    },
    { why: 'six channels into seven', channels: 6, outputs: 7, slices: [[7, 6]] },
    { why: 'twelve channels are vectors of four', channels: 12, outputs: 8, slices: [[8, 12]] },
    { why: 'one by one is a product of matrices', channels: 6, outputs: 8, kernel: 1, slices: [[8, 6]] },
  ])('$why', ({ channels, outputs, groups = 1, kernel = 2, slices }) => {
    const graph = buildGraph('g', { name: 'x', shape: [channels, 7, 9] })
      .conv2d('conv', outputs, kernel, { groups })
      .build();
    const nothing = new Float32Array();
    const weights: HeldWeights = new Map(
      graph.parameters.map(({ name, shape }) => [name, { precision: 'f32', shape, data: nothing }]),
    );
    const model = buildModel(graph, weights, { form: { ...plainForms, convolution: 'slices' }, outputs: ['conv'] });
    const shapeOf = (name: string): Shape => model.initializers.find((held) => held.name === name)!.shape;
    const convolutions = model.nodes
      .filter(({ op }) => op === 'Conv')
      .map(({ inputs }) => inputs.slice(1).map(shapeOf));
    expect(convolutions.map(([weight]) => weight!.slice(0, 2))).toEqual(slices);
    // every parameter once, and nothing else
    const held = convolutions.flat().reduce((sum, shape) => sum + sizeOf(shape), 0);
    expect(held).toBe(graph.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
    expect(model.nodes.filter(({ op }) => op === 'Slice')).toHaveLength(slices.length > 1 && groups > 1 ? groups : 0);
  });
});
