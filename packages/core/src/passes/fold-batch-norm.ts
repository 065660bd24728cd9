import type { Graph, Node, NodeOf } from '../graph/graph.ts';
import { inferShapes, type Shapes } from '../graph/infer.ts';
import { sizeOf, type Tensor, type Weights } from '../tensor.ts';
import { onlyReader, readersOf, withoutNodes } from './readers.ts';

/** A graph with weights that belong to it. */
export interface Folded {
  readonly graph: Graph;
  readonly weights: Weights;
}

type LinearOp = NodeOf<'conv2d'> | NodeOf<'linear'>;

/**
 * Folds batch norm into a linear op (float64 arithmetic, one rounding to float32):
 * - into the convolution or linear layer whose value it reads, when nothing else reads that;
 * - else into the convolution or linear layer that reads it, through flatten and dropout, when that layer does not pad:
 *   zero padding comes after batch norm, so its border would change.
 * What fits neither, and what is an output, stays.
 */
export function foldBatchNorm(graph: Graph, weights: Weights): Folded {
  let folded: Folded = { graph, weights };
  for (let next = foldOne(folded); next !== undefined; next = foldOne(folded)) folded = next;
  return folded;
}

/** Folds the first batch norm that can be; undefined when none can. */
function foldOne({ graph, weights }: Folded): Folded | undefined {
  const readers = readersOf(graph);
  for (const node of graph.nodes) {
    if (node.op !== 'batchNorm') continue;
    const before = graph.nodes.find(({ name }) => name === node.inputs[0]);
    if (before !== undefined && isLinear(before) && onlyReader(graph, readers, before.name) === node) {
      return intoProducer(graph, weights, before, node);
    }
    const after = linearReader(graph, readers, node.name);
    if (after !== undefined) return intoReader(graph, weights, node, after);
  }
  return undefined;
}

/** y = s * (W x + b - mean) + beta: the weight's rows times s, the bias (b - mean) * s + beta. The folded op takes the norm's name. */
function intoProducer(graph: Graph, weights: Weights, op: LinearOp, norm: NodeOf<'batchNorm'>): Folded {
  const { scale, shift } = affine(weights, norm);
  const weight = weights.get(op.weight)!;
  const bias = op.bias === undefined ? undefined : weights.get(op.bias)!.data;
  const perOutput = weight.data.length / scale.length;
  const folded: Tensor = {
    shape: weight.shape,
    data: weight.data.map((w, i) => w * scale[Math.floor(i / perOutput)]!),
  };
  const newBias = Float32Array.from(scale, (s, o) => (bias?.[o] ?? 0) * s + shift[o]!);
  const name = norm.name;
  const replaced = graph.nodes
    .filter((node) => node !== op)
    .map((node) =>
      node === norm ? { ...op, name, weight: `${name}.folded.weight`, bias: `${name}.folded.bias` } : node,
    );
  return withParameters({ ...graph, nodes: replaced }, weights, {
    [`${name}.folded.weight`]: folded,
    [`${name}.folded.bias`]: { shape: [newBias.length], data: newBias },
  });
}

/** W (s x + t) + b: the weight's columns times s of their channel, the bias plus W t. */
function intoReader(graph: Graph, weights: Weights, norm: NodeOf<'batchNorm'>, op: LinearOp): Folded {
  const { scale, shift } = affine(weights, norm);
  const channelOf = columnChannels(inferShapes(graph), norm, op, weights.get(op.weight)!);
  const weight = weights.get(op.weight)!;
  const columns = channelOf.length;
  const rows = weight.data.length / columns;
  const outputs = weight.shape[0]!;
  const bias = Float64Array.from({ length: outputs }, (_, o) =>
    op.bias === undefined ? 0 : weights.get(op.bias)!.data[o]!,
  );
  const data = new Float32Array(weight.data.length);
  const groups = op.op === 'conv2d' ? op.groups : 1;
  const perGroup = op.op === 'conv2d' ? weight.shape[1]! : 0;
  for (let o = 0; o < rows; o++) {
    const firstChannel = Math.floor((o * groups) / rows) * perGroup;
    for (let i = 0; i < columns; i++) {
      const c = firstChannel + channelOf[i]!;
      const w = weight.data[o * columns + i]!;
      data[o * columns + i] = w * scale[c]!;
      bias[o]! += w * shift[c]!;
    }
  }
  const changed = { ...op, weight: `${op.name}.folded.weight`, bias: `${op.name}.folded.bias` };
  const nodes = graph.nodes.map((node) => (node === op ? changed : node));
  return withParameters(withoutNodes({ ...graph, nodes }, new Map([[norm.name, norm.inputs[0]]])), weights, {
    [changed.weight]: { shape: weight.shape, data },
    [changed.bias]: { shape: [outputs], data: Float32Array.from(bias) },
  });
}

/** Batch norm as x * scale + shift, in float64. */
function affine(weights: Weights, norm: NodeOf<'batchNorm'>): { scale: Float64Array; shift: Float64Array } {
  const [gamma, beta, mean, variance] = [norm.scale, norm.bias, norm.mean, norm.variance].map(
    (name) => weights.get(name)!.data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c]! + norm.epsilon));
  return { scale, shift: scale.map((s, c) => beta[c]! - mean[c]! * s) };
}

/** For each column of a weight row, the channel of the norm that it reads (within its group). */
function columnChannels({ values }: Shapes, norm: NodeOf<'batchNorm'>, op: LinearOp, weight: Tensor): Int32Array {
  const columns = weight.data.length / weight.shape[0]!;
  const [channels = 1] = values.get(norm.name)!;
  const perChannel = op.op === 'conv2d' ? columns / weight.shape[1]! : sizeOf(values.get(norm.name)!) / channels;
  return Int32Array.from({ length: columns }, (_, i) => Math.floor(i / perChannel));
}

/** The unpadded linear op that alone reads a value, possibly through flatten or dropout. */
function linearReader(graph: Graph, readers: ReturnType<typeof readersOf>, value: string): LinearOp | undefined {
  const reader = onlyReader(graph, readers, value);
  if (reader?.op === 'flatten' || reader?.op === 'dropout') return linearReader(graph, readers, reader.name);
  if (reader === undefined || !isLinear(reader)) return undefined;
  return reader.op === 'conv2d' && Object.values(reader.pads).some((extent) => extent > 0) ? undefined : reader;
}

function isLinear(node: Node): node is LinearOp {
  return node.op === 'conv2d' || node.op === 'linear';
}

/** Adds parameters, and lets go of those that no node reads any more. */
function withParameters(graph: Graph, weights: Weights, added: Readonly<Record<string, Tensor>>): Folded {
  const read = new Set(graph.nodes.flatMap((node) => parametersOf(node)));
  const parameters = [
    ...graph.parameters.filter(({ name }) => read.has(name) && !Object.hasOwn(added, name)),
    ...Object.entries(added).map(([name, { shape }]) => ({ name, shape })),
  ];
  const kept = new Map([...weights].filter(([name]) => read.has(name)));
  for (const [name, tensor] of Object.entries(added)) kept.set(name, tensor);
  return { graph: { ...graph, parameters }, weights: kept };
}

function parametersOf(node: Node): readonly string[] {
  if (isLinear(node)) return node.bias === undefined ? [node.weight] : [node.weight, node.bias];
  return node.op === 'batchNorm' ? [node.scale, node.bias, node.mean, node.variance] : [];
}
