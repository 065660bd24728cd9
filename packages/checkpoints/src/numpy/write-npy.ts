import {
  AlexNetError,
  concatBytes,
  type Graph,
  inferShapes,
  type NodeOf,
  type Shape,
  type Tensor,
  type Weights,
} from '@alexnet/core';
import { MAGIC } from './header.ts';
import * as pickle from './pickle-chunks.ts';
import { type Converted, toHwio, toInOut } from './to-tensorflow.ts';

/** numpy aligns the values to this. */
const ALIGNMENT = 64;

/**
 * Writes an array of numbers as a .npy file (version 1.0), as chunks to be put one after the other; the values are not copied.
 * `numpy.load` reads it. Errors: `invalid-input` when values and shape do not agree.
 */
export function writeNpyArray({ shape, data }: Tensor): Iterable<Uint8Array> {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size !== data.length) throw invalid(`A shape of ${size} elements has ${data.length}`, undefined);
  return [npyHeader('<f4', shape), viewOf(data)];
}

/**
 * Writes weights as `bvlc_alexnet.npy` has them: a pickled dict from layer to `[W, b]`, convolution as HWIO, linear layers as
 * `[in, out]`, the first of them for an image flattened as HWC. `numpy.load(path, allow_pickle=True, encoding='latin1').item()` reads it.
 * A generator of chunks of a few MB, the same for the same weights. Errors, before the first chunk: `invalid-weights` for a parameter
 * that is missing or misshapen, `unsupported` for a graph with parameters that are no layer's weight or bias.
 */
export function writeNpy(graph: Graph, weights: Weights): Iterable<Uint8Array> {
  const layers = graph.nodes.filter((node) => node.op === 'conv2d' || node.op === 'linear');
  const places = new Set(layers.flatMap(({ weight, bias }) => (bias === undefined ? [weight] : [weight, bias])));
  const homeless = graph.parameters.find(({ name }) => !places.has(name));
  if (homeless !== undefined) {
    throw new AlexNetError({
      code: 'unsupported',
      message: `The .npy layout has no place for ${homeless.name}: it holds convolution and linear layers only`,
      where: graph.name,
      fix: 'Fold the batch norm into the layer before it, or write safetensors.',
    });
  }
  for (const { name, shape } of graph.parameters) {
    const found = weights.get(name)?.shape;
    if (found?.join() !== shape.join()) {
      throw invalid(`The parameter has shape ${found?.join('x') ?? 'none'}, not ${shape.join('x')}`, name);
    }
  }
  return chunksOf(layers, flattenedImages(graph), weights);
}

type Layer = NodeOf<'conv2d'> | NodeOf<'linear'>;

function* chunksOf(
  layers: readonly Layer[],
  images: ReadonlyMap<string, Shape>,
  weights: Weights,
): Generator<Uint8Array, void> {
  const array = pickle.objectArray();
  const start = [pickle.PROTO_2, array.before, pickle.EMPTY_DICT, pickle.MARK];
  yield concatBytes([npyHeader('|O', []), ...start]);
  for (const node of layers) {
    yield concatBytes([pickle.text(node.name), pickle.EMPTY_LIST, pickle.MARK]);
    const weight = weights.get(node.weight)!;
    yield* arrayChunks(node.op === 'conv2d' ? toHwio(weight) : toInOut(weight, images.get(node.inputs[0])));
    if (node.bias !== undefined) {
      const { shape, data } = weights.get(node.bias)!;
      yield* arrayChunks({ shape, chunks: [data] });
    }
    yield pickle.APPENDS;
  }
  yield concatBytes([pickle.SETITEMS, array.after, pickle.STOP]);
}

function* arrayChunks({ shape, chunks }: Converted): Generator<Uint8Array, void> {
  const array = pickle.float32Array(shape, 4 * shape.reduce((product, extent) => product * extent, 1));
  yield array.before;
  for (const data of chunks) yield viewOf(data);
  yield array.after;
}

/** The values that are an image flattened, and its shape [channels, height, width]; what keeps the order of the features stays one. */
function flattenedImages(graph: Graph): Map<string, Shape> {
  const { values } = inferShapes(graph);
  const images = new Map<string, Shape>();
  for (const { op, name, inputs } of graph.nodes) {
    const input = inputs[0];
    const shape =
      op === 'flatten' ? values.get(input) : op === 'relu' || op === 'dropout' ? images.get(input) : undefined;
    if (shape?.length === 3) images.set(name, shape);
  }
  return images;
}

function npyHeader(descr: string, shape: Shape): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const facts = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((10 + facts.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  const text = new TextEncoder().encode(`${facts.padEnd(length - 1)}\n`);
  return concatBytes([MAGIC, Uint8Array.of(1, 0, length & 0xff, length >> 8), text]);
}

function viewOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function invalid(message: string, where: string | undefined): AlexNetError {
  const code = where === undefined ? 'invalid-input' : 'invalid-weights';
  return new AlexNetError({ code, message, ...(where === undefined ? {} : { where }) });
}
