import type { Graph, Node } from '../graph/graph.ts';
import { inferShapes } from '../graph/infer.ts';
import { opOf } from '../ops/index.ts';
import { type Shape, sizeOf, type Tensor, type Weights } from '../tensor.ts';
import { checkWeights } from '../weights/check.ts';
import { affineOf, type FoldedParameters, foldAfter, foldBefore, type LinearOp } from './affine.ts';
import { soleReaders } from './sole-readers.ts';
import { withoutNodes } from './without-nodes.ts';

/** A graph with weights that belong to it. */
export interface Folded {
  readonly graph: Graph;
  readonly weights: Weights;
}

/** The weights so far, and how folded ones join them. */
interface Parameters {
  readonly weights: Map<string, Tensor>;
  /** Stores a layer's folded parameters and returns their names; undefined when float32 cannot hold them. */
  add(layer: string, folded: FoldedParameters): { weight: string; bias: string } | undefined;
}

/**
 * Folds batch norm into a linear op (float64 arithmetic, one rounding to float32):
 * - into the convolution or linear layer whose value it reads, when nothing else reads that; the layer takes the norm's name;
 * - else into the convolution or linear layer that reads it, through flatten and dropout, when that layer does not pad:
 *   zero padding comes after batch norm, so its border would change.
 * What fits neither, what is an output, and what would not be finite in float32, stays. Takes time linear in the graph.
 * Errors: `invalid-graph`, `invalid-weights`.
 */
export function foldBatchNorm(graph: Graph, weights: Weights): Folded {
  const { values } = inferShapes(graph);
  checkWeights(graph, weights);
  const parameters = parametersOf(graph, weights);
  const folded = intoReaders(intoProducers(graph, parameters), values, parameters);
  return folded.nodes.length === graph.nodes.length ? { graph, weights } : onlyRead(folded, parameters.weights);
}

/** First to last, so that of two norms in a row the second finds the layer into which the first went. */
function intoProducers(graph: Graph, parameters: Parameters): Graph {
  const readers = soleReaders(graph);
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  for (const norm of graph.nodes) {
    if (norm.op !== 'batchNorm' || readers.get(norm.inputs[0]) !== norm) continue;
    const layer = nodes.get(norm.inputs[0]);
    if (layer === undefined || !isLinear(layer)) continue;
    const names = parameters.add(norm.name, foldAfter(parameters.weights, layer, affineOf(parameters.weights, norm)));
    if (names === undefined) continue;
    nodes.delete(layer.name);
    nodes.set(norm.name, { ...layer, ...names, name: norm.name }); // keeps the norm's place
  }
  return { ...graph, nodes: [...nodes.values()] };
}

/** Last to first, so that of two norms in a row the first finds the layer into which the second went. */
function intoReaders(graph: Graph, values: ReadonlyMap<string, Shape>, parameters: Parameters): Graph {
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

function parametersOf(graph: Graph, weights: Weights): Parameters {
  const all = new Map(weights);
  const taken = new Map<string, string>();
  for (const { name } of [...graph.parameters, ...graph.nodes]) taken.set(name, '');
  return {
    weights: all,
    add(layer, { weight, bias }) {
      if (![weight, bias].every(({ data }) => data.every(Number.isFinite))) return undefined;
      let names = { weight: `${layer}.folded.weight`, bias: `${layer}.folded.bias` };
      const free = (name: string) => (taken.get(name) ?? layer) === layer;
      while (!free(names.weight) || !free(names.bias)) {
        names = { weight: `${names.weight}.folded`, bias: `${names.bias}.folded` };
      }
      all.set(names.weight, weight).set(names.bias, bias);
      taken.set(names.weight, layer).set(names.bias, layer);
      return names;
    },
  };
}

/** Declares what the nodes read, and lets go of what no node reads any more. */
function onlyRead(graph: Graph, weights: Weights): Folded {
  const read = new Set(graph.nodes.flatMap((node) => opOf(node).parameters(node)));
  const kept = new Map([...weights].filter(([name]) => read.has(name)));
  return { graph: { ...graph, parameters: [...kept].map(([name, { shape }]) => ({ name, shape })) }, weights: kept };
}
