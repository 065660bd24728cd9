import type { Graph, NodeOf } from '../graph/graph.ts';
import { onlyReader, readersOf, withoutNodes } from './readers.ts';

/**
 * Moves zero padding into the convolution that reads it. Padding that something else reads, or that is an output, stays;
 * so does padding before max pooling, whose own padding is minus infinity.
 */
export function foldPadding(graph: Graph): Graph {
  const readers = readersOf(graph);
  const folded = graph.nodes.filter(
    (node): node is NodeOf<'pad2d'> => node.op === 'pad2d' && onlyReader(graph, readers, node.name)?.op === 'conv2d',
  );
  const padding = new Map(folded.map(({ name, pads }) => [name, pads]));
  const nodes = graph.nodes.map((node) => {
    const extra = node.op === 'conv2d' ? padding.get(node.inputs[0]) : undefined;
    if (node.op !== 'conv2d' || extra === undefined) return node;
    const pads = {
      top: node.pads.top + extra.top,
      left: node.pads.left + extra.left,
      bottom: node.pads.bottom + extra.bottom,
      right: node.pads.right + extra.right,
    };
    return { ...node, pads };
  });
  const once = withoutNodes({ ...graph, nodes }, new Map(folded.map(({ name, inputs }) => [name, inputs[0]])));
  // padding before padding: the outer one has a convolution as its reader only now
  return folded.length === 0 ? once : foldPadding(once);
}
