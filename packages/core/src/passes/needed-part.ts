import type { Graph } from '../graph/graph.ts';
import { opOf } from '../ops/index.ts';

/** A graph without the nodes and parameters that none of its outputs needs: an engine would load and run them all the same. */
export function neededPart(graph: Graph): Graph {
  const wanted = new Set(graph.outputs);
  const nodes = graph.nodes
    .toReversed()
    .filter(({ name, inputs }) => {
      if (!wanted.has(name)) return false;
      for (const input of inputs) wanted.add(input);
      return true;
    })
    .reverse();
  const read = new Set(nodes.flatMap((node) => opOf(node).parameters(node)));
  return { ...graph, nodes, parameters: graph.parameters.filter(({ name }) => read.has(name)) };
}
