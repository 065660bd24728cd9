import type { Graph, Node } from '../graph/graph.ts';

/** A graph without the nodes that `replacement` names; who read one of them reads what it is replaced with. */
export function withoutNodes(graph: Graph, replacement: ReadonlyMap<string, string>): Graph {
  // nodes are in topological order: what replaces a removed node is itself resolved already
  const resolved = new Map<string, string>();
  const resolve = (name: string) => resolved.get(name) ?? name;
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const instead = replacement.get(node.name);
    if (instead === undefined) nodes.push({ ...node, inputs: node.inputs.map(resolve) } as unknown as Node);
    else resolved.set(node.name, resolve(instead));
  }
  return { ...graph, nodes };
}
