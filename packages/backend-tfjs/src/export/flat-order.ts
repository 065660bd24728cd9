import { type Graph, type Node, type Shape, type Shapes, sizeOf } from '@alexnet/core';

/**
 * The flat values whose elements may stay in the order HWC, and the image [c, h, w] that each was.
 * A value may where all that reads it, through ops that take each element for itself, are linear layers: their weights are put into
 * that order instead. What is an output keeps the graph's order, CHW.
 */
export function hwcValues(graph: Graph, { values }: Shapes): ReadonlyMap<string, Shape> {
  const free = freeValues(graph);
  const found = new Map<string, Shape>();
  for (const { op, name, inputs } of graph.nodes) {
    const image = op === 'flatten' ? values.get(inputs[0]) : elementwise.has(op) ? found.get(inputs[0]) : undefined;
    if (image !== undefined && orderMatters(image) && free.has(name)) found.set(name, image);
  }
  return found;
}

/** Whether CHW and HWC are different orders of a shape's elements. */
export function orderMatters(shape: Shape): boolean {
  return shape.length === 3 && shape[0] !== 1 && shape[0] !== sizeOf(shape);
}

/** Ops for which the order of the elements is nothing. */
const elementwise: ReadonlySet<Node['op']> = new Set(['relu', 'dropout'] as const);

/** The values of which no reader minds the order. */
function freeValues({ nodes, outputs }: Graph): ReadonlySet<string> {
  const free = new Set<string>();
  const bound = new Set(outputs);
  for (const { op, name, inputs } of nodes.toReversed()) {
    if (!bound.has(name)) free.add(name);
    if (op === 'linear' || (elementwise.has(op) && free.has(name))) continue;
    for (const input of inputs) bound.add(input);
  }
  return free;
}
