import { buildGraph, type Graph, type GraphBuilder, type Node, seededWeights } from '@alexnet/core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { differences, wrong } from './test-model.ts';

const start = (shape: readonly number[]) => buildGraph('odd', { name: 'x', shape });
const image = (name: string, layers: (builder: GraphBuilder) => GraphBuilder, outputs?: readonly string[]) => ({
  why: name,
  graph: layers(start([4, 9, 7])).build(outputs),
});

/** The builder's layers all have a bias. */
function withoutBias(graph: Graph): Graph {
  const nodes = graph.nodes.map((node): Node => {
    if (node.op !== 'conv2d' && node.op !== 'linear') return node;
    const { bias: _bias, ...rest } = node;
    return rest;
  });
  return { ...graph, nodes, parameters: graph.parameters.filter(({ name }) => !name.endsWith('.bias')) };
}

/** Two layers with one weight, of which one reads the image's elements in the order HWC and one in CHW. */
function sharedWeight(): Graph {
  const graph = start([4, 3, 2]).flatten('flat').linear('one', 5).build();
  const [flat, one] = graph.nodes;
  return {
    ...graph,
    inputs: [...graph.inputs, { name: 'y', shape: [24] }],
    nodes: [flat!, one!, { ...one!, name: 'two', inputs: ['y'] }],
    outputs: ['two', 'one'],
  };
}

const graphs = [
  image('a convolution with four different pads', (of) =>
    of.conv2d('a', 6, [3, 2], { stride: [2, 3], pads: { top: 1, left: 2, bottom: 3, right: 0 } }),
  ),
  image('padding in front of a convolution', (of) =>
    of
      .pad2d('pad', { top: 2, right: 1 })
      .conv2d('a', 6, [3, 2], { pads: { left: 1 } })
      .relu('b'),
  ),
  image('padding that is an output', (of) => of.pad2d('pad', { top: 2, left: 1, right: 3 }).conv2d('a', 6, 3), [
    'pad',
    'a',
  ]),
  image('zero padding in front of pooling', (of) =>
    of.pad2d('pad', { top: 1, right: 2 }).maxPool2d('a', 2, { stride: 2 }),
  ),
  image('groups, padded, with ReLU', (of) =>
    of.conv2d('a', 6, [2, 3], { groups: 2, pads: { top: 1, right: 2 } }).relu('b'),
  ),
  image('as many groups as channels', (of) => of.conv2d('a', 8, 3, { groups: 4, stride: 2 })),
  {
    why: 'layers without bias, with ReLU and without',
    graph: withoutBias(
      start([4, 9, 7])
        .conv2d('a', 6, 3, { groups: 2 })
        .relu('b')
        .conv2d('c', 5, 2)
        .flatten('d')
        .linear('e', 7)
        .relu('f')
        .linear('g', 3)
        .build(),
    ),
  },
  image('ceil pooling', (of) => of.maxPool2d('a', [3, 2], { stride: [4, 2], ceilMode: true })),
  image('ceil pooling whose last window would start in the padding', (of) =>
    of.maxPool2d('a', [2, 3], { stride: [3, 4], pads: 1, ceilMode: true }),
  ),
  image('pooling with pads before', (of) => of.maxPool2d('a', 3, { stride: 2, pads: { top: 2, left: 1 } })),
  image('pooling that TensorFlow calls SAME', (of) => of.maxPool2d('a', 3, { stride: 1, pads: 1 })),
  image('ceil pooling that TensorFlow calls SAME', (of) => of.maxPool2d('a', 2, { stride: 2, ceilMode: true })),
  image('pooling with the padding of SAME on the other side', (of) =>
    of.maxPool2d('a', 2, { stride: 2, pads: { top: 1, left: 1 } }),
  ),
  image('pooling that leaves the last pixels out', (of) => of.maxPool2d('a', [4, 2], { stride: [3, 4] })),
  image('LRN over 3 channels', (of) => of.lrn('a', { size: 3, alpha: 2, beta: 0.75, bias: 1 })),
  image('LRN over 5 channels of 4', (of) => of.lrn('a', { size: 5, alpha: 3, beta: 0.5, bias: 2 })),
  image('LRN over an even number of channels', (of) => of.lrn('a', { size: 2, alpha: 2, beta: 0.75, bias: 1.5 })),
  image('averages over windows of unequal size', (of) => of.adaptiveAvgPool2d('a', [4, 3])),
  image('averages of more windows than pixels', (of) => of.adaptiveAvgPool2d('a', [11, 5])),
  image('averages over windows of one size', (of) => of.adaptiveAvgPool2d('a', [3, 1])),
  image('averages of single pixels', (of) => of.adaptiveAvgPool2d('a', [9, 7])),
  image('batch norm of images', (of) => of.conv2d('a', 6, 3).batchNorm('b', 1e-3).relu('c')),
  image('batch norm of flat values', (of) => of.flatten('a').batchNorm('b', 1e-3).linear('c', 5).batchNorm('d', 0)),
  image('a flattened image as output', (of) => of.conv2d('a', 6, 3).flatten('b')),
  image('a flattened image as output, which a linear layer also reads', (of) => of.flatten('a').linear('b', 5), [
    'b',
    'a',
  ]),
  image('a flattened image behind ReLU as output', (of) => of.flatten('a').relu('b').dropout('c', 0.5).linear('d', 5), [
    'd',
    'c',
  ]),
  image('softmax of a flattened image', (of) => of.flatten('a').softmax('b')),
  image('flatten, ReLU, dropout, linear', (of) => of.flatten('a').relu('b').dropout('c', 0.5).linear('d', 5).relu('e')),
  image('an image of one pixel, flattened', (of) => of.adaptiveAvgPool2d('a', 1).flatten('b').linear('c', 5)),
  image('a ReLU that is not the only reader of a convolution', (of) => of.conv2d('a', 6, 3).relu('b'), ['a', 'b']),
  image('an input that is an output', (of) => of.relu('a'), ['x', 'a']),
  image('names like those of parts', (of) =>
    of.conv2d('a/slices', 6, 3, { groups: 2 }).conv2d('a', 4, 3, { groups: 2 }).flatten('a/chw'),
  ),
  { why: 'a flat input', graph: start([12]).flatten('a').linear('b', 5).softmax('c').build() },
  { why: 'a weight that is read in two orders', graph: sharedWeight() },
];

describe.each(['cpu', 'wasm'])('exported, on %s, the oracle agrees on', (engine) => {
  beforeAll(() => tf.setBackend(engine));

  it.each(graphs)('$why', async ({ graph }) => {
    const weights = seededWeights(graph, 2);
    for (const batch of [1, 3]) {
      expect(wrong(await differences(graph, weights, batch))).toEqual({});
    }
  });
});
