import type { Graph, Node, NodeOf } from '../graph/graph.ts';
import type { Shape } from '../tensor.ts';
import { batchStatistics } from './batch-statistics.ts';
import type { ForwardNode, MovingStatistic } from './training-graph.ts';

/** The nodes on which a value depends, in the graph's order. */
export function reachedFrom({ nodes }: Graph, value: string): readonly Node[] {
  const needed = new Set([value]);
  const reached = nodes.toReversed().filter(({ name, inputs }) => {
    if (!needed.has(name)) return false;
    for (const input of inputs) needed.add(input);
    return true;
  });
  return reached.toReversed();
}

/** Batch norm as three nodes, and how its moving statistics follow. */
export function batchNormInTraining(node: NodeOf<'batchNorm'>, [, height = 1, width = 1]: Shape, momentum: number) {
  const { name, inputs, scale, bias, epsilon } = node;
  const [mean, variance] = batchStatistics(name);
  const training: ForwardNode[] = [
    { op: 'batchMean', name: mean, inputs },
    { op: 'batchVariance', name: variance, inputs: [inputs[0], mean] },
    { op: 'batchNormalize', name, inputs: [inputs[0], mean, variance], scale, bias, epsilon },
  ];
  const places = height * width;
  const moving: MovingStatistic[] = [
    { parameter: node.mean, value: mean, momentum, kind: 'mean', places },
    { parameter: node.variance, value: variance, momentum, kind: 'variance', places },
  ];
  return { training, moving };
}
