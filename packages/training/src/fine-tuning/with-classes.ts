import { AlexNetError, type Graph, inferShapes } from '@alexnet/core';

/**
 * A network that ends in a linear layer, with another number of classes: that layer and batch norms after it, the rest as it is.
 * Errors: `unsupported` for a network without a linear layer, or with something after it that mixes values.
 */
export function withClasses(graph: Graph, classes: number): Graph {
  const at = graph.nodes.findLastIndex(({ op }) => op === 'linear');
  const head = graph.nodes[at];
  const after = graph.nodes.slice(at + 1);
  const other = after.find(({ op }) => op !== 'batchNorm' && op !== 'softmax' && op !== 'dropout' && op !== 'relu');
  if (head?.op !== 'linear' || other !== undefined) {
    throw new AlexNetError({
      code: 'unsupported',
      message: `The network ${graph.name} does not end in a linear layer whose classes could be others`,
      where: `graph ${graph.name}`,
    });
  }
  const changed = new Set([head.weight, ...(head.bias === undefined ? [] : [head.bias])]);
  for (const node of after) {
    if (node.op !== 'batchNorm') continue;
    for (const name of [node.scale, node.bias, node.mean, node.variance]) changed.add(name);
  }
  const network = {
    ...graph,
    parameters: graph.parameters.map((parameter) =>
      changed.has(parameter.name) ? { ...parameter, shape: [classes, ...parameter.shape.slice(1)] } : parameter,
    ),
  };
  inferShapes(network);
  return network;
}
