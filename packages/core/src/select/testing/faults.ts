import type { Graph, NodeOf, OpName } from '../../graph/graph.ts';
import type { Tensor, Weights } from '../../tensor.ts';
import type { Fault } from './fakes.ts';

/*
 * Mistakes that backends make, as other networks than the one that was asked for.
 */

/** Every node of one op, otherwise. */
export function nodes<K extends OpName>(op: K, change: (node: NodeOf<K>) => Partial<NodeOf<K>>): Fault {
  return (graph, weights) => ({ graph: withNodes(graph, op, change), weights });
}

function withNodes<K extends OpName>(graph: Graph, op: K, change: (node: NodeOf<K>) => Partial<NodeOf<K>>): Graph {
  const changed = graph.nodes.map((node) => (node.op === op ? { ...node, ...change(node as NodeOf<K>) } : node));
  return { ...graph, nodes: changed };
}

/** One parameter, otherwise. */
export function parameter(name: string, change: (tensor: Tensor) => Float32Array): Fault {
  return (graph, weights) => ({ graph, weights: withTensor(weights, name, change) });
}

function withTensor(weights: Weights, name: string, change: (tensor: Tensor) => Float32Array): Weights {
  const tensor = weights.get(name)!;
  return new Map([...weights, [name, { shape: tensor.shape, data: change(tensor) }]]);
}

/** The two groups of a convolution exchanged: its weights are read from the other half. */
export function exchanged({ data }: Tensor): Float32Array {
  const half = data.length / 2;
  return Float32Array.from(data, (_, i) => data[(i + half) % data.length]!);
}

/** As bfloat16 has them: 8 bits are left. */
export function bfloat16({ data }: Tensor): Float32Array {
  const bits = new Uint32Array(data.slice().buffer).map((word) => word & 0xffff0000);
  return new Float32Array(bits.buffer);
}

/** 11 bits are left, as half precision has them. */
export function halfPrecision({ data }: Tensor): Float32Array {
  const bits = new Uint32Array(data.slice().buffer).map((word) => word & 0xffffe000);
  return new Float32Array(bits.buffer);
}
