import { AlexNetError, type Graph, type Node, type NodeOf } from '@alexnet/core';

/** A convolution or linear layer, with the batch norms that normalise its channels: right after it, or after pooling, ReLU and the like. */
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
    const norms = normsOf(nodes, node.name);
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

/** The batch norms that read a value, or what is made of it channel by channel. */
function normsOf(nodes: readonly Node[], value: string): NodeOf<'batchNorm'>[] {
  return nodes.flatMap((node) => {
    if (!(node.inputs as readonly string[]).includes(value)) return [];
    if (node.op === 'batchNorm') return [node];
    return byChannel.has(node.op) ? normsOf(nodes, node.name) : [];
  });
}

/** Ops after which a channel is still that channel. */
const byChannel: ReadonlySet<Node['op']> = new Set([
  'maxPool2d',
  'adaptiveAvgPool2d',
  'relu',
  'dropout',
  'pad2d',
  'lrn',
]);

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
