import type { Graph } from '../graph/graph.ts';
import { withoutNodes } from './without-nodes.ts';

/** Removes dropout, which is the identity at inference. One whose value is an output stays. */
export function dropDropout(graph: Graph): Graph {
  const outputs = new Set(graph.outputs);
  const dropped = graph.nodes.filter(({ op, name }) => op === 'dropout' && !outputs.has(name));
  return withoutNodes(graph, new Map(dropped.map(({ name, inputs }) => [name, inputs[0]])));
}
