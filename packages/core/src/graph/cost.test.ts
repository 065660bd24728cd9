import { expect, it } from 'vitest';
import { buildGraph } from './builder.ts';
import { costOf } from './cost.ts';
import type { Graph } from './graph.ts';

const graph = buildGraph('g', { name: 'input', shape: [4, 9, 7] })
  .conv2d('conv', 6, [3, 2], { groups: 2 })
  .batchNorm('bn', 1e-3)
  .flatten('flatten')
  .linear('fc', 5)
  .build();

it('counts what each node takes, per sample', () => {
  // conv: each of 6 x 7 x 6 outputs adds 4/2 x 3 x 2 products
  expect(costOf(graph).nodes).toEqual([
    {
      name: 'conv',
      op: 'conv2d',
      shape: [6, 7, 6],
      parameters: 6 * 2 * 3 * 2 + 6,
      macs: 252 * 12,
      weightBytes: 312,
      activationBytes: 1008,
    },
    { name: 'bn', op: 'batchNorm', shape: [6, 7, 6], parameters: 24, macs: 0, weightBytes: 96, activationBytes: 1008 },
    { name: 'flatten', op: 'flatten', shape: [252], parameters: 0, macs: 0, weightBytes: 0, activationBytes: 1008 },
    {
      name: 'fc',
      op: 'linear',
      shape: [5],
      parameters: 5 * 252 + 5,
      macs: 1260,
      weightBytes: 5060,
      activationBytes: 20,
    },
  ]);
});

it('adds up, and does not train moving statistics', () => {
  expect(costOf(graph)).toMatchObject({
    parameters: 78 + 24 + 1265,
    trainable: 78 + 12 + 1265,
    macs: 3024 + 1260,
    weightBytes: 4 * 1367,
    activationBytes: 3 * 1008 + 20,
  });
});

it('counts a parameter that two layers share once', () => {
  const two = buildGraph('two', { name: 'input', shape: [5] })
    .linear('a', 5)
    .linear('b', 5)
    .build();
  const shared: Graph = {
    ...two,
    parameters: two.parameters.slice(0, 2),
    nodes: two.nodes.map((node) => (node.op === 'linear' ? { ...node, weight: 'a.weight', bias: 'a.bias' } : node)),
  };
  expect(costOf(shared)).toMatchObject({ parameters: 30, trainable: 30, weightBytes: 120, macs: 50 });
});
