import type { Graph, Node, NodeOf, OpName } from '../graph/graph.ts';
import { inferShapes, type Shapes } from '../graph/infer.ts';
import { sameShape } from '../tensor.ts';

/**
 * Where an int8 program quantises: the names of the values that become 8 bits when they are computed. These are
 * - what a convolution or linear layer reads, traced back through steps that only move or choose values (`movesOnly`), to where it is computed;
 * - what a convolution computes, after its ReLU where it has one: an engine's integer convolution has integer results.
 * All others stay float32: what a local response normalisation or a softmax computes with, and the results of a last linear layer.
 * It does not depend on which values a run returns. Errors: `invalid-graph`.
 */
export function quantisedPlaces(graph: Graph): ReadonlySet<string> {
  const shapes = inferShapes(graph);
  const producers = new Map(graph.nodes.map((node) => [node.name, node]));
  const places = new Set<string>();
  for (const node of graph.nodes) {
    if (!multiplies(node)) continue;
    places.add(origin(node.inputs[0], producers, shapes));
    if (node.op === 'conv2d') places.add(onlyReader(graph, node.name, 'relu')?.name ?? node.name);
  }
  return places;
}

/** Whether a node runs on whole numbers. */
export function multiplies(node: Node): boolean {
  return node.op === 'conv2d' || node.op === 'linear';
}

/** Ops all of whose values are ones that they read, or zero. */
const moving: ReadonlySet<OpName> = new Set(['maxPool2d', 'flatten', 'dropout', 'pad2d']);

/** Whether a node's values are in 8 bits as they were before. */
export function movesOnly(node: Node, { values }: Shapes): boolean {
  if (node.op !== 'adaptiveAvgPool2d') return moving.has(node.op);
  return sameShape(values.get(node.inputs[0])!, values.get(node.name)!);
}

/** The node of an op that reads a value, when no other node does: a layer's ReLU, say. That the value may be an output does not count. */
export function onlyReader<K extends OpName>({ nodes }: Graph, value: string, op: K): NodeOf<K> | undefined {
  const [reader, ...others] = nodes.filter(({ inputs }) => (inputs as readonly string[]).includes(value));
  return others.length === 0 && reader?.op === op ? (reader as NodeOf<K>) : undefined;
}

function origin(value: string, producers: ReadonlyMap<string, Node>, shapes: Shapes): string {
  let name = value;
  for (let node = producers.get(name); node !== undefined && movesOnly(node, shapes); node = producers.get(name)) {
    name = node.inputs[0]!;
  }
  return name;
}
