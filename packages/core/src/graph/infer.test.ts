import { describe, expect, it } from 'vitest';
import { buildGraph } from './builder.ts';
import type { Graph } from './graph.ts';
import { inferShapes } from './infer.ts';

const good = buildGraph('g', { name: 'input', shape: [4, 9, 7] })
  .conv2d('conv', 6, 3, { groups: 2 })
  .maxPool2d('pool', 2, { stride: 2 })
  .batchNorm('bn', 1e-3)
  .flatten('flatten')
  .linear('fc', 5)
  .build();

/** The good graph with one node's attributes changed. */
function change(name: string, attributes: Record<string, unknown>): Graph {
  return {
    ...good,
    nodes: good.nodes.map((node) => (node.name === name ? { ...node, ...attributes } : node)),
  };
}

it('infers every shape without the batch', () => {
  expect(Object.fromEntries(inferShapes(good).values)).toEqual({
    input: [4, 9, 7],
    conv: [6, 7, 5],
    pool: [6, 3, 2],
    bn: [6, 3, 2],
    flatten: [36],
    fc: [5],
  });
});

const none = { top: 0, left: 0, bottom: 0, right: 0 };

describe('a broken graph is rejected with the node and what is wrong', () => {
  it.each([
    {
      why: 'an input that comes later',
      graph: change('conv', { inputs: ['pool'] }),
      says: /pool is not defined before.*node conv/,
    },
    { why: 'a value defined twice', graph: change('pool', { name: 'conv' }), says: /conv is defined twice.*node conv/ },
    {
      why: 'a parameter that is not declared',
      graph: change('fc', { weight: 'nothing' }),
      says: /nothing is not declared.*node fc/,
    },
    {
      why: 'groups that do not divide',
      graph: change('conv', { groups: 4 }),
      says: /6 output channels cannot be split into 4.*node conv/,
    },
    {
      why: 'channels that do not fit',
      graph: change('conv', { groups: 1 }),
      says: /4 channels but.*2 x 1 groups.*node conv/,
    },
    {
      why: 'a bias of the wrong length',
      graph: change('conv', { bias: 'fc.bias' }),
      says: /fc.bias must have shape 6, got 5.*node conv/,
    },
    {
      why: 'a linear weight for a convolution',
      graph: change('conv', { weight: 'fc.weight' }),
      says: /must be OIHW, got 5x36.*node conv/,
    },
    { why: 'a stride of 0', graph: change('conv', { stride: [0, 1] }), says: /stride.*above 0.*node conv/ },
    {
      why: 'a negative padding',
      graph: change('conv', { pads: { ...none, left: -1 } }),
      says: /left padding -1.*node conv/,
    },
    { why: 'a window larger than the image', graph: change('pool', { kernel: [8, 2] }), says: /is empty.*node pool/ },
    {
      why: 'padding as large as the window',
      graph: change('pool', { pads: { ...none, top: 2 } }),
      says: /Padding 2 must be smaller.*node pool/,
    },
    {
      why: 'batch norm of other channels',
      graph: change('bn', { mean: 'fc.bias' }),
      says: /fc.bias must have shape 6.*node bn/,
    },
    {
      why: 'a linear layer without flatten',
      graph: change('fc', { inputs: ['pool'] }),
      says: /one flat input.*flatten.*node fc/,
    },
    { why: 'an output that does not exist', graph: { ...good, outputs: ['prob'] }, says: /prob is not a value/ },
    { why: 'no outputs', graph: { ...good, outputs: [] }, says: /no outputs/ },
    {
      why: 'a name that is a key of every object',
      graph: { ...good, inputs: [{ name: '__proto__', shape: [4, 9, 7] }] },
      says: /__proto__.*not allowed/,
    },
    {
      why: 'an extent that is no whole number',
      graph: { ...good, inputs: [{ name: 'input', shape: [4, 9.5, 7] }] },
      says: /no positive integer/,
    },
    {
      why: 'a value with the name of a parameter: both become names of one file',
      graph: change('pool', { name: 'fc.bias' }),
      says: /fc.bias has the name of a parameter.*node fc.bias/,
    },
    { why: 'an output named twice', graph: { ...good, outputs: ['fc', 'fc'] }, says: /names an output twice: fc, fc/ },
    {
      why: 'a value with more elements than can be counted',
      graph: change('pool', { op: 'pad2d', pads: { ...none, bottom: 2 ** 40, right: 2 ** 30 } }),
      says: /too large to count.*node pool/,
    },
    {
      why: 'a missing attribute, as JSON may lack it',
      graph: change('pool', { kernel: undefined }),
      says: /attribute of pool is missing.*node pool/,
    },
    {
      why: 'a stride of three numbers',
      graph: change('conv', { stride: [1, 1, 1] }),
      says: /stride.*rows and columns.*node conv/,
    },
    {
      why: 'a rounding that is no boolean',
      graph: change('pool', { ceilMode: 'up' }),
      says: /ceilMode is up.*node pool/,
    },
    {
      why: 'an average of one number',
      graph: change('pool', { op: 'adaptiveAvgPool2d', output: [3] }),
      says: /output.*rows and columns.*node pool/,
    },
    {
      why: 'LRN of negative sums',
      graph: change('pool', { op: 'lrn', size: 3, alpha: -0.1, beta: 0.75, bias: 1 }),
      says: /alpha is -0.1.*node pool/,
    },
    {
      why: 'LRN that divides zeros by zero',
      graph: change('pool', { op: 'lrn', size: 3, alpha: 0.1, beta: 0.75, bias: 0 }),
      says: /bias is 0.*node pool/,
    },
    {
      why: 'an infinite epsilon',
      graph: change('bn', { epsilon: Number.POSITIVE_INFINITY }),
      says: /epsilon is Infinity.*node bn/,
    },
    { why: 'inputs that are no list', graph: change('pool', { inputs: 'conv' }), says: /not a list.*node pool/ },
    { why: 'an op that does not exist', graph: change('pool', { op: 'warp' }), says: /"warp".*pool/ },
  ])('$why', ({ graph, says }) => {
    expect(() => inferShapes(graph)).toThrow(
      expect.objectContaining({ code: 'invalid-graph', message: expect.stringMatching(says) }),
    );
  });
});
