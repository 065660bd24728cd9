import type { Graph, Node } from '../graph/graph.ts';
import type { Pads } from '../ops/op.ts';
import { soleReaders } from './sole-readers.ts';
import { withoutNodes } from './without-nodes.ts';

/**
 * Moves zero padding, and padding of padding, into the convolution that reads it. Padding that something else reads, or that is an
 * output, stays; so does padding before max pooling, whose own padding is minus infinity.
 */
export function foldPadding(graph: Graph): Graph {
  const readers = soleReaders(graph);
  const producers = new Map(graph.nodes.map((node) => [node.name, node]));
  const folded = new Map<string, string>();
  const nodes = graph.nodes.map((node): Node => {
    if (node.op !== 'conv2d') return node;
    let { pads } = node;
    let reader: Node = node;
    let before = producers.get(node.inputs[0]);
    while (before?.op === 'pad2d' && readers.get(before.name) === reader) {
      pads = sum(pads, before.pads);
      folded.set(before.name, before.inputs[0]);
      reader = before;
      before = producers.get(before.inputs[0]);
    }
    return pads === node.pads ? node : { ...node, pads };
  });
  return withoutNodes({ ...graph, nodes }, folded);
}

function sum(a: Pads, b: Pads): Pads {
  return { top: a.top + b.top, left: a.left + b.left, bottom: a.bottom + b.bottom, right: a.right + b.right };
}
