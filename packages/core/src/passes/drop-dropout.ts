import type { Graph } from '../graph/graph.ts';
import { withoutNodes } from './readers.ts';

/** Removes dropout, which is the identity at inference. One whose value is an output stays. */
export function dropDropout(graph: Graph): Graph {
  const dropped = graph.nodes.filter(({ op, name }) => op === 'dropout' && !graph.outputs.includes(name));
  return withoutNodes(graph, new Map(dropped.map(({ name, inputs }) => [name, inputs[0]])));
}
