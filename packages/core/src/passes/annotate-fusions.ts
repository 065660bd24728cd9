import type { Fusion, Graph, Node, OpName } from '../graph/graph.ts';
import { soleReaders } from './sole-readers.ts';

/** What a backend may compute as one: each op followed by those that can end its loop. */
const chains: readonly (readonly OpName[])[] = [
  ['conv2d', 'relu'],
  ['linear', 'relu'],
];

/**
 * Notes which neighbours may run as one node, in `graph.fusions`; the nodes stay as they are.
 * Each value but the last of a fusion has one reader and is not an output, so nobody misses it.
 */
export function annotateFusions(graph: Graph): Graph {
  const readers = soleReaders(graph);
  const fusions = graph.nodes.flatMap((first): Fusion[] => {
    for (const chain of chains) {
      const names: string[] = [];
      let node: Node | undefined = first;
      for (const op of chain) {
        if (node?.op !== op) break;
        names.push(node.name);
        node = readers.get(node.name);
      }
      if (names.length === chain.length) return [names];
    }
    return [];
  });
  return { ...graph, fusions };
}
