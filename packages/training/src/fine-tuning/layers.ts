import { AlexNetError, type Graph, type Node } from '@alexnet/core';

/** A convolution or linear layer, with the batch norm that reads it directly. */
export interface Layer {
  readonly name: string;
  readonly weight: string;
  /** Names of all parameters. */
  readonly parameters: readonly string[];
  /** Those that training changes: not the moving statistics. */
  readonly trainable: readonly string[];
}

export function layersOf({ nodes }: Graph): readonly Layer[] {
  return nodes.flatMap((node) => {
    if (node.op !== 'conv2d' && node.op !== 'linear') return [];
    const own = node.bias === undefined ? [node.weight] : [node.weight, node.bias];
    const norms = nodes.filter((other) => isNormOf(other, node.name));
    return [
      {
        name: node.name,
        weight: node.weight,
        parameters: [...own, ...norms.flatMap(({ scale, bias, mean, variance }) => [scale, bias, mean, variance])],
        trainable: [...own, ...norms.flatMap(({ scale, bias }) => [scale, bias])],
      },
    ];
  });
}

function isNormOf(node: Node, name: string): node is Extract<Node, { op: 'batchNorm' }> {
  return node.op === 'batchNorm' && node.inputs[0] === name;
}

/** Layers by name. Errors: `unknown-name`, listing those that there are. */
export function layersNamed(graph: Graph, names: readonly string[], where: string): readonly Layer[] {
  const layers = layersOf(graph);
  return names.map((name) => {
    const layer = layers.find((candidate) => candidate.name === name);
    if (layer !== undefined) return layer;
    throw new AlexNetError({
      code: 'unknown-name',
      message: `The network ${graph.name} has no convolution or linear layer ${name}`,
      fix: `Choose from ${layers.map((candidate) => candidate.name).join(', ')}.`,
      where,
    });
  });
}
