import { type Graph, inferShapes, type Node, type Shape } from '@alexnet/core';
import type { CheckpointLayer } from '../checkpoint-file.ts';

/** What a parameter is in its network, whatever it is called. */
export interface Role {
  /** Our name. */
  readonly parameter: string;
  readonly shape: Shape;
  /** The node that it belongs to. */
  readonly layer: string;
  readonly op: CheckpointLayer['op'];
  /** Batch norm: weight is gamma, bias is beta. */
  readonly part: Part;
  /** Of the weights of a linear layer that reads a flattened image: its shape [C, H, W]. */
  readonly image?: Shape;
}

export type Part = 'weight' | 'bias' | 'mean' | 'variance';

/** What each parameter of a graph is, layer by layer in the order in which they compute. */
export function rolesOf(graph: Graph): readonly Role[] {
  const shapes = inferShapes(graph);
  const parameters = new Map(graph.parameters.map(({ name, shape }) => [name, shape]));
  const images = new Map<string, Shape>();
  return graph.nodes.flatMap((node): Role[] => {
    const { op, name } = node;
    if (op === 'flatten') images.set(name, shapes.values.get(node.inputs[0])!);
    // these take each element for itself
    const image = images.get(node.inputs[0]);
    if (image !== undefined && (op === 'relu' || op === 'dropout')) images.set(name, image);
    if (op !== 'conv2d' && op !== 'linear' && op !== 'batchNorm') return [];
    return partsOf(node).map(([part, parameter]) => {
      const role = { parameter, shape: parameters.get(parameter)!, layer: name, op, part };
      return op === 'linear' && part === 'weight' && image?.length === 3 ? { ...role, image } : role;
    });
  });
}

function partsOf(node: Extract<Node, { op: CheckpointLayer['op'] }>): [Part, string][] {
  if (node.op === 'batchNorm') {
    const { scale, bias, mean, variance } = node;
    return [
      ['weight', scale],
      ['bias', bias],
      ['mean', mean],
      ['variance', variance],
    ];
  }
  return [['weight', node.weight], ...(node.bias === undefined ? [] : [['bias', node.bias] as [Part, string]])];
}
