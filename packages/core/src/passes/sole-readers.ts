import type { Graph, Node } from '../graph/graph.ts';

/** For every value that is read once and is no output, the node that reads it: nobody else misses the value when both become one. */
export function soleReaders(graph: Graph): ReadonlyMap<string, Node | undefined> {
  const readers = new Map<string, Node | undefined>();
  for (const node of graph.nodes) {
    for (const name of node.inputs) readers.set(name, readers.has(name) ? undefined : node);
  }
  for (const name of graph.outputs) readers.delete(name);
  return readers;
}
