import type { Graph, Node } from '../graph/graph.ts';

/** For every value, the nodes that read it. */
export function readersOf(graph: Graph): ReadonlyMap<string, readonly Node[]> {
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  }
  return readers;
}

/** The one node that reads a value, when nothing else does and the value is not an output. */
export function onlyReader(
  graph: Graph,
  readers: ReadonlyMap<string, readonly Node[]>,
  value: string,
): Node | undefined {
  const [first, ...others] = readers.get(value) ?? [];
  return others.length > 0 || graph.outputs.includes(value) ? undefined : first;
}

/** A graph without some nodes; who read one of them reads `replacement` instead. */
export function withoutNodes(graph: Graph, replacement: ReadonlyMap<string, string>): Graph {
  const resolve = (name: string): string => {
    const next = replacement.get(name);
    return next === undefined ? name : resolve(next);
  };
  return {
    ...graph,
    nodes: graph.nodes
      .filter((node) => !replacement.has(node.name))
      .map((node) => ({ ...node, inputs: node.inputs.map(resolve) }) as unknown as Node),
  };
}
