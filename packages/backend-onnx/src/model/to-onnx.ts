import {
  AlexNetError,
  checkOutputs,
  checkWeights,
  type Graph,
  type Precision,
  storesAt,
  storeWeight,
  type Weights,
} from '@alexnet/core';
import { type ExternalPart, externalise } from './external-data.ts';
import { heldAsFloats } from './held.ts';
import { plainForms } from './lower.ts';
import { buildModel } from './model.ts';
import { encodeModel, type OnnxModel } from './onnx.ts';

export interface ToOnnxOptions {
  /** Values that the model returns. Default: `graph.outputs`. */
  readonly outputs?: readonly string[];
  /**
   * How the file stores the weights of linear layers. Default `f32`. `f16`: halves, which a Cast restores. `q8`, `q4`: ONNX Runtime's own operator
   * MatMulNBits, which other readers may not have; with `q8` it rounds what the layers read to 8 bits too, as it would take a hundred times
   * as long in float32.
   */
  readonly precision?: Precision;
}

/** Protocol Buffers' own limit for one message: 2 GB. */
const LARGEST = 2 ** 31 - 1;

/**
 * An ONNX model of a graph with its weights, as the chunks of one file, to be written one after the other; parameters are not copied.
 * Opset 21, batch dimension `N`, plain ONNX operators but for quantised weights.
 * Errors: `invalid-graph`, `invalid-weights`, `unknown-name`; `unsupported` for more than 2 GB, which readers refuse.
 */
export function toOnnx(graph: Graph, weights: Weights, options: ToOnnxOptions = {}): readonly Uint8Array[] {
  const { length, chunks } = encodeModel(exported(graph, weights, options));
  if (length > LARGEST) {
    throw new AlexNetError({
      code: 'unsupported',
      message: `The model ${graph.name} takes ${length} bytes; one ONNX file can hold ${LARGEST}`,
      fix: 'Use toOnnxFiles, which puts the weights in a file beside the model.',
    });
  }
  return chunks;
}

/** The chunks of two files. */
export interface OnnxFiles {
  readonly model: readonly Uint8Array[];
  /** Yields each parameter when it is that one's turn. */
  readonly data: Iterable<Uint8Array>;
}

/**
 * The same model in two files: a small one, and one with the weights, of any size, which readers map into memory.
 * `dataFile` is that file's name, without a folder: it lies beside the model.
 * Errors: as `toOnnx`; `invalid-input` for a name with a folder.
 */
export function toOnnxFiles(
  graph: Graph,
  weights: Weights,
  { dataFile, ...options }: ToOnnxOptions & { readonly dataFile: string },
): OnnxFiles {
  if (!/^[^/\\]+$/.test(dataFile) || dataFile === '.' || dataFile === '..') {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The name of the data file must have no folder, got ${JSON.stringify(dataFile)}`,
      where: 'dataFile',
    });
  }
  const { model, parts } = externalise(exported(graph, weights, options), dataFile);
  return { model: encodeModel(model).chunks, data: { [Symbol.iterator]: () => contents(parts) } };
}

function exported(graph: Graph, weights: Weights, { outputs, precision = 'f32' }: ToOnnxOptions): OnnxModel {
  checkWeights(graph, weights);
  const held = new Map(heldAsFloats(weights));
  for (const name of storesAt(graph, precision)) held.set(name, storeWeight(weights.get(name)!, precision, name));
  return buildModel(graph, held, { form: plainForms, outputs: checkOutputs(graph, outputs) });
}

function* contents(parts: readonly ExternalPart[]): Generator<Uint8Array, void, void> {
  let written = 0;
  for (const { offset, initializer } of parts) {
    if (offset > written) yield new Uint8Array(offset - written);
    const { data } = initializer;
    yield data;
    written = offset + data.byteLength;
  }
}
