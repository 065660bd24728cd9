import type { Graph, Node } from '../graph/graph.ts';
import { opOf } from '../ops/index.ts';
import { type Shape, sizeOf, type Tensor, type Weights } from '../tensor.ts';
import { affineOf, type FoldedParameters, foldAfter, foldBefore, type LinearOp } from './affine.ts';
import { soleReaders } from './sole-readers.ts';
import { withoutNodes } from './without-nodes.ts';

/** The weights so far, and how folded ones join them. */
export interface Parameters {
  readonly weights: Weights;
  /** Stores a layer's folded parameters and returns their names; undefined when float32 cannot hold them. */
  add(layer: string, folded: FoldedParameters): { weight: string; bias: string } | undefined;
}

/** Folds; yields the names of parameters before it looks at them: then they must be among the weights. */
export type Folding = Generator<readonly string[], Graph, void>;

/** All that can be folded, first into producers, then into readers. `values`: the shapes of the graph's values. */
export function* folding(graph: Graph, values: ReadonlyMap<string, Shape>, parameters: Parameters): Folding {
  return yield* intoReaders(yield* intoProducers(graph, parameters), values, parameters);
}

/** First to last, so that of two norms in a row the second finds the layer into which the first went. */
function* intoProducers(graph: Graph, parameters: Parameters): Folding {
  const readers = soleReaders(graph);
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  for (const norm of graph.nodes) {
    if (norm.op !== 'batchNorm' || readers.get(norm.inputs[0]) !== norm) continue;
    const layer = nodes.get(norm.inputs[0]);
    if (layer === undefined || !isLinear(layer)) continue;
    yield namesOf(layer, norm);
    const names = parameters.add(norm.name, foldAfter(parameters.weights, layer, affineOf(parameters.weights, norm)));
    if (names === undefined) continue;
    nodes.delete(layer.name);
    nodes.set(norm.name, { ...layer, ...names, name: norm.name }); // keeps the norm's place
  }
  return { ...graph, nodes: [...nodes.values()] };
}

/** Last to first, so that of two norms in a row the first finds the layer into which the second went. */
function* intoReaders(graph: Graph, values: ReadonlyMap<string, Shape>, parameters: Parameters): Folding {
  const readers = soleReaders(graph);
  /** The layer that a norm of each value could go into. */
  const reached = new Map<string, LinearOp>();
  const removed = new Map<string, string>();
  const layers = new Map<string, LinearOp>();
  for (const node of graph.nodes.toReversed()) {
    const reader = readers.get(node.name);
    if (reader === undefined) continue;
    const layer = isTransparent(reader) || removed.has(reader.name) ? reached.get(reader.name) : unpadded(reader);
    if (layer === undefined) continue;
    reached.set(node.name, layer);
    if (node.op !== 'batchNorm') continue;
    const now = layers.get(layer.name) ?? layer;
    yield namesOf(now, node);
    const names = parameters.add(
      layer.name,
      foldBefore(
        parameters.weights,
        now,
        affineOf(parameters.weights, node),
        columnsPerChannel(now, values.get(node.name)!, parameters.weights),
      ),
    );
    if (names === undefined) continue;
    removed.set(node.name, node.inputs[0]);
    layers.set(layer.name, { ...now, ...names });
  }
  const nodes = graph.nodes.map((node) => layers.get(node.name) ?? node);
  return withoutNodes({ ...graph, nodes }, removed);
}

/** What the nodes of a graph read. */
export function readBy({ nodes }: Graph): ReadonlySet<string> {
  return new Set(namesOf(...nodes));
}

function namesOf(...nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => opOf(node).parameters(node));
}

/** How many columns of a weight row read one channel of a value: the kernel's, or those that flatten made of a plane. */
function columnsPerChannel(layer: LinearOp, [, ...plane]: Shape, weights: Weights): number {
  return sizeOf(layer.op === 'conv2d' ? weights.get(layer.weight)!.shape.slice(2) : plane);
}

function isLinear(node: Node): node is LinearOp {
  return node.op === 'conv2d' || node.op === 'linear';
}

function isTransparent(node: Node): boolean {
  return node.op === 'flatten' || node.op === 'dropout';
}

function unpadded(node: Node): LinearOp | undefined {
  if (!isLinear(node)) return undefined;
  return node.op === 'conv2d' && Object.values(node.pads).some((extent) => extent > 0) ? undefined : node;
}

/** Folded parameters go into the map that is given, under names that nothing else in the graph has. */
export function parametersOf(graph: Graph, weights: Map<string, Tensor>): Parameters {
  const taken = new Map<string, string>();
  for (const { name } of [...graph.parameters, ...graph.nodes]) taken.set(name, '');
  return {
    weights,
    add(layer, { weight, bias }) {
      if (![weight, bias].every(({ data }) => data.every(Number.isFinite))) return undefined;
      let names = { weight: `${layer}.folded.weight`, bias: `${layer}.folded.bias` };
      const free = (name: string) => (taken.get(name) ?? layer) === layer;
      while (!free(names.weight) || !free(names.bias)) {
        names = { weight: `${names.weight}.folded`, bias: `${names.bias}.folded` };
      }
      weights.set(names.weight, weight).set(names.bias, bias);
      taken.set(names.weight, layer).set(names.bias, layer);
      return names;
    },
  };
}
