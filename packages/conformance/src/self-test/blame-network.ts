import { buildGraph, type Graph, type Node, seededWeights } from '@alexnet/core';
import { uniform } from '../data/uniform.ts';
import type { NetworkUnderTest } from '../networks/checks.ts';
import type { OpCase } from '../ops/case.ts';

/* Networks in which one layer is made wrong: the suite must blame that layer and no other. */

/** Every op at least once, several twice, with attributes that can be confused: paddings differ, strides do not divide, windows are even. */
const graph: Graph = buildGraph('every-op', { name: 'input', shape: [3, 29, 26] })
  .pad2d('pad', { top: 2, left: 1, bottom: 3, right: 4 })
  .conv2d('conv1', 13, [5, 4], { stride: [2, 1], pads: { top: 2, left: 1, right: 3 } })
  .batchNorm('bn1', 1e-5)
  .relu('relu1')
  .lrn('norm1', { size: 4, alpha: 0.9, beta: 0.61, bias: 1.7 })
  .maxPool2d('pool1', [3, 2], { stride: [2, 3], pads: { left: 1 } })
  .conv2d('conv2', 18, [2, 3], { stride: 1, pads: { bottom: 1 } })
  .conv2d('conv3', 14, 3, { groups: 2, stride: [1, 2], pads: { top: 1, right: 2 } })
  .relu('relu3')
  .lrn('norm3', { size: 5, alpha: 1.2, beta: 0.75, bias: 2 })
  .maxPool2d('pool3', 2, { stride: [3, 2], ceilMode: true })
  .adaptiveAvgPool2d('avg', [2, 3])
  .flatten('flatten')
  .linear('fc4', 37)
  .relu('relu4')
  .dropout('dropout4', 0.5)
  .linear('fc5', 11)
  .softmax('prob')
  .build();

export const everyOp: NetworkUnderTest = {
  variant: { id: 'every-op', graph },
  weights: seededWeights(graph, 3),
  images: [{ name: 'noise', tensor: { shape: [3, 3, 29, 26], data: uniform([3, 3, 29, 26], 'every-op', -2, 3) } }],
};

/** For faults that need special data or attributes: the node of an op case between two others, with a twin that must not be blamed. */
export function aroundCase({ graph: one, tensors, precision }: OpCase) {
  const node = one.nodes[0]!;
  const { input, weights } = tensors();
  const reading = (name: string, from: string, of: Node): Node => ({ ...of, name, inputs: [from] }) as unknown as Node;
  const dropout: Node = { op: 'dropout', name: 'before', inputs: ['x'], rate: 0.5 };
  const nodes = [
    dropout,
    reading('y', 'before', node),
    reading('twin', 'before', node),
    reading('after', 'y', dropout),
  ];
  const network: NetworkUnderTest = {
    variant: { id: one.name, graph: { ...one, nodes, outputs: ['after'] } },
    weights,
    images: [{ name: 'case', tensor: input }],
  };
  return { network, precision, target: 'y' };
}
