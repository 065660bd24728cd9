import type { Graph, Node, NodeOf, Weights } from '@alexnet/core';

/* Mistakes that no layer alone shows: kernels that compute several layers at once, and layers in another order. Each is the graph as the backend runs it. */

export interface Rewritten {
  readonly graph: Graph;
  readonly weights: Weights;
}

export interface NetworkMistake {
  readonly id: string;
  readonly cause: string;
  readonly fix: string;
  /** Undefined where the graph has nothing to get wrong. */
  rewrite(graph: Graph, weights: Weights): Rewritten | undefined;
}

const named = <N extends Node>(node: N, name: string, from: string): N => ({ ...node, name, inputs: [from] });

/** Two ops one after the other change places, wherever they stand so. */
function swapped(first: Node['op'], second: Node['op']): NetworkMistake['rewrite'] {
  return (graph, weights) => {
    const nodes = [...graph.nodes];
    let found = false;
    for (let i = 0; i + 1 < nodes.length; i++) {
      const [a, b] = [nodes[i]!, nodes[i + 1]!];
      if (a.op !== first || b.op !== second || b.inputs[0] !== a.name) continue;
      // the values keep their names by place, so that what follows reads the same name
      nodes.splice(i, 2, named(b, a.name, a.inputs[0]), named(a, b.name, a.name));
      found = true;
    }
    return found ? { graph: { ...graph, nodes }, weights } : undefined;
  };
}

const isSum = (node: Node | undefined): node is NodeOf<'conv2d'> | NodeOf<'linear'> =>
  node?.op === 'conv2d' || node?.op === 'linear';

/** The ReLUs that follow a sum of products, each with that. */
function fusedRelus({ nodes }: Graph) {
  return nodes.flatMap((relu) => {
    const sum = nodes.find(({ name }) => name === relu.inputs[0]);
    return relu.op === 'relu' && isSum(sum) ? [{ relu, sum }] : [];
  });
}

const IDENTITY = { op: 'dropout', rate: 0 } as const;

const withoutRelu: NetworkMistake['rewrite'] = (graph, weights) => {
  const fused = new Set(fusedRelus(graph).map(({ relu }) => relu.name));
  if (fused.size === 0) return undefined;
  const nodes = graph.nodes.map(
    (node): Node => (fused.has(node.name) ? { ...IDENTITY, name: node.name, inputs: [node.inputs[0]] } : node),
  );
  return { graph: { ...graph, nodes }, weights };
};

/** max(0, sum) + bias: the bias as a batch norm that does nothing else. */
const biasAfterRelu: NetworkMistake['rewrite'] = (graph, weights) => {
  const fused = fusedRelus(graph).filter(({ sum }) => sum.bias !== undefined);
  if (fused.length === 0) return undefined;
  const [constants, parameters] = [new Map(weights), [...graph.parameters]];
  const constant = (name: string, size: number, value: number) => {
    constants.set(name, { shape: [size], data: new Float32Array(size).fill(value) });
    parameters.push({ name, shape: [size] });
    return name;
  };
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const ofSum = fused.find(({ sum }) => sum.name === node.name);
    if (ofSum !== undefined) {
      const { bias: _bias, ...without } = ofSum.sum;
      return [without];
    }
    const ofRelu = fused.find(({ relu }) => relu.name === node.name);
    if (ofRelu === undefined) return [node];
    const { relu, sum } = ofRelu;
    const size = weights.get(sum.bias!)!.data.length;
    const inner = `${relu.name}.without-bias`;
    const [zero, one] = [constant(`${inner}.zero`, size, 0), constant(`${inner}.one`, size, 1)];
    return [
      named(relu, inner, sum.name),
      {
        op: 'batchNorm',
        name: relu.name,
        inputs: [inner],
        scale: one,
        bias: sum.bias!,
        mean: zero,
        variance: one,
        epsilon: 0,
      },
    ];
  });
  return { graph: { ...graph, parameters, nodes }, weights: constants };
};

/** The channels of the image in reverse: the first convolution's weights are. */
const imageReversed: NetworkMistake['rewrite'] = (graph, weights) => {
  const first = graph.nodes.find(isSum);
  if (first?.op !== 'conv2d' || first.groups !== 1) return undefined;
  const { shape, data } = weights.get(first.weight)!;
  const [, channels, kh, kw] = shape as [number, number, number, number];
  const plane = kh * kw;
  const reversed = data.map((_, i) => {
    const c = Math.floor(i / plane) % channels;
    return data[i + (channels - 1 - 2 * c) * plane]!;
  });
  return { graph, weights: new Map([...weights, [first.weight, { shape, data: reversed }]]) };
};

export const networkMistakes: readonly NetworkMistake[] = [
  {
    id: 'network/norm-pool-swapped',
    cause: 'Pooling is computed before the local response normalisation that stands before it',
    fix: 'Run nodes in the order of the graph: conv, ReLU, LRN, pool.',
    rewrite: swapped('lrn', 'maxPool2d'),
  },
  {
    id: 'network/pool-norm-swapped',
    cause: 'Local response normalisation is computed before the pooling that stands before it',
    fix: 'Run nodes in the order of the graph: conv, ReLU, pool, LRN.',
    rewrite: swapped('maxPool2d', 'lrn'),
  },
  {
    id: 'network/bias-after-relu',
    cause: 'Where a ReLU is in the kernel of a convolution or linear layer, the bias is added after it',
    fix: 'Apply the ReLU to the sum with its bias.',
    rewrite: biasAfterRelu,
  },
  {
    id: 'network/relu-missing',
    cause: 'Where a ReLU follows a convolution or linear layer, it is left out',
    fix: 'Apply max(0, x) in the kernel, or run the ReLU as a node of its own.',
    rewrite: withoutRelu,
  },
  {
    id: 'network/relu-norm-swapped',
    cause: 'Batch norm is computed after the ReLU that follows it',
    fix: 'Run nodes in the order of the graph: conv, batch norm, ReLU.',
    rewrite: swapped('batchNorm', 'relu'),
  },
  {
    id: 'network/image-channels-reversed',
    cause: 'The channels of the image are reversed: BGR for RGB',
    fix: 'Give the channels in the order that the weights were trained with.',
    rewrite: imageReversed,
  },
];
