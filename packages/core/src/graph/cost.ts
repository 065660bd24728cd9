import { opOf } from '../ops/index.ts';
import { type Shape, sizeOf } from '../tensor.ts';
import type { Graph, Node, OpName } from './graph.ts';
import { inferShapes } from './infer.ts';

/** What one node takes, per sample. */
export interface NodeCost {
  readonly name: string;
  readonly op: OpName;
  /** Output shape without batch. */
  readonly shape: Shape;
  readonly parameters: number;
  /** Multiply-accumulates. */
  readonly macs: number;
  /** Bytes of the parameters in float32. */
  readonly weightBytes: number;
  /** Bytes of the output in float32. */
  readonly activationBytes: number;
}

export interface GraphCost {
  readonly nodes: readonly NodeCost[];
  /** All parameters, the moving statistics of batch norm included. */
  readonly parameters: number;
  /** Parameters that training changes: all but moving means and variances. */
  readonly trainable: number;
  readonly macs: number;
  readonly weightBytes: number;
  /** Bytes of all values that nodes produce, in float32, per sample: what keeping every layer takes. */
  readonly activationBytes: number;
}

/**
 * Parameters, multiply-accumulates (of convolution and linear layers, as the literature counts them) and bytes of a graph.
 * Errors: `invalid-graph`.
 */
export function costOf(graph: Graph): GraphCost {
  const { values, parameters: shapes } = inferShapes(graph);
  const count = (name: string) => sizeOf(shapes.get(name) ?? []);
  const nodes = graph.nodes.map((node) => {
    const op = opOf(node);
    const shape = values.get(node.name) ?? [];
    const parameters = op.parameters(node).reduce((sum, name) => sum + count(name), 0);
    return {
      name: node.name,
      op: node.op,
      shape,
      parameters,
      macs: op.macs(node, shape, shapes),
      weightBytes: 4 * parameters,
      activationBytes: 4 * sizeOf(shape),
    };
  });
  const total = (of: (node: NodeCost) => number) => nodes.reduce((sum, node) => sum + of(node), 0);
  // by name: a parameter that two nodes share is there once
  const distinct = (of: (node: Node) => readonly string[]) =>
    [...new Set(graph.nodes.flatMap(of))].reduce((sum, name) => sum + count(name), 0);
  const parameters = distinct((node) => opOf(node).parameters(node));
  const statistics = distinct((node) => (node.op === 'batchNorm' ? [node.mean, node.variance] : []));
  return {
    nodes,
    parameters,
    trainable: parameters - statistics,
    macs: total((node) => node.macs),
    weightBytes: 4 * parameters,
    activationBytes: total((node) => node.activationBytes),
  };
}
