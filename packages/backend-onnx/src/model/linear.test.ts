import { buildGraph, type Graph, type NodeOf, sizeOf } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import type { HeldWeights } from './held.ts';
import { plainForms } from './lower.ts';
import { buildModel } from './model.ts';

/** The model of one linear layer; nothing asks for the weights' data. */
function modelOf(features: number, outputs: number, bias: boolean) {
  const built = buildGraph('g', { name: 'x', shape: [features] })
    .linear('fc', outputs)
    .build();
  const { name, op, inputs, weight } = built.nodes[0] as NodeOf<'linear'>;
  const graph: Graph = bias ? built : { ...built, nodes: [{ name, op, inputs, weight }] };
  const nothing = new Float32Array();
  const weights: HeldWeights = new Map(
    graph.parameters.map(({ name: parameter, shape }) => [parameter, { precision: 'f32', shape, data: nothing }]),
  );
  return buildModel(graph, weights, { form: { ...plainForms, linear: 'convolution' }, outputs: ['fc'] });
}

interface Case {
  readonly why: string;
  readonly features: number;
  readonly outputs: number;
  /** Rows of the weight in each convolution; undefined: the operator. */
  readonly rows: number | undefined;
}

describe('linear as convolution', () => {
  it.each<Case>([
    { why: 'fc6: blocks of at least 32 MB', features: 9216, outputs: 4096, rows: 1024 },
    { why: 'fc7', features: 4096, outputs: 4096, rows: 2048 },
    { why: 'fc8: 1000 is no multiple of 16', features: 4096, outputs: 1000, rows: undefined },
    { why: 'features that do not fill a block', features: 20, outputs: 32, rows: undefined },
    { why: 'small: one block', features: 32, outputs: 48, rows: 48 },
    { why: 'the widest rows: 16 of them', features: 2 ** 21, outputs: 48, rows: 16 },
    { why: 'no divisor leaves blocks of 32 MB: one block', features: 2 ** 18, outputs: 48, rows: 48 },
  ])('$why', ({ features, outputs, rows }) => {
    for (const bias of [true, false]) {
      const model = modelOf(features, outputs, bias);
      const convolutions = model.nodes.filter(({ op }) => op === 'Conv');
      expect(model.nodes.some(({ op }) => op === 'Gemm')).toBe(rows === undefined);
      expect(convolutions).toHaveLength(rows === undefined ? 0 : outputs / rows);
      const parameters = model.initializers.filter(({ type }) => type === 'float32');
      const values = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      expect(values).toBe(outputs * features + (bias ? outputs : 0)); // each once
      for (const { inputs } of convolutions) {
        const [weight] = inputs.slice(1).map((name) => parameters.find((parameter) => parameter.name === name)!);
        expect(weight!.shape).toEqual([rows, features, 1, 1]);
      }
    }
  });
});
