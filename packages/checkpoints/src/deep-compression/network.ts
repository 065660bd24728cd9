import { AlexNetError, createVariant, type Graph, type Shape, sizeOf } from '@alexnet/core';

/** A layer of the network whose weights a file holds. */
export interface NetworkLayer {
  readonly name: string;
  readonly op: 'conv2d' | 'linear';
  readonly weight: string;
  readonly bias: string;
  /** Of the weight: `[out, in/groups, kh, kw]` or `[out, in]`. */
  readonly shape: Shape;
  readonly groups: number;
}

/** The layers with weights of a graph. Errors: `invalid-input` for layers without biases, which the format always has. */
export function networkLayers(graph: Graph): NetworkLayer[] {
  const shapes = new Map(graph.parameters.map(({ name, shape }) => [name, shape]));
  return graph.nodes.flatMap((node) => {
    if (node.op !== 'conv2d' && node.op !== 'linear') return [];
    const { name, op, weight, bias } = node;
    const shape = shapes.get(weight) ?? [];
    if (bias === undefined || sizeOf(shapes.get(bias) ?? []) !== shape[0]) {
      throw new AlexNetError({
        code: 'invalid-input',
        message: 'Deep Compression has biases for every layer, and this one has none',
        where: `node ${name}`,
        fix: 'Give the network whose weights these are.',
      });
    }
    return [{ name, op, weight, bias, shape, groups: node.op === 'conv2d' ? node.groups : 1 }];
  });
}

/** The network of the one file that was published: BVLC AlexNet at full width. */
export function publishedNetwork(classes: number): NetworkLayer[] {
  return networkLayers(createVariant('bvlc-alexnet', { classes }).graph);
}
