import { AlexNetError, checkOutputs, checkWeights, type Graph, type Weights } from '@alexnet/core';
import { type ExternalPart, externalise } from './external-data.ts';
import { plainForms } from './lower.ts';
import { buildModel } from './model.ts';
import { encodeModel, type OnnxModel } from './onnx.ts';

export interface ToOnnxOptions {
  /** Values that the model returns. Default: `graph.outputs`. */
  readonly outputs?: readonly string[];
}

/** Protocol Buffers' own limit for one message: 2 GB. */
const LARGEST = 2 ** 31 - 1;

/**
 * An ONNX model of a graph with its weights, as the chunks of one file, to be written one after the other; parameters are not copied.
 * Opset 21, plain ONNX operators, batch dimension `N`.
 * Errors: `invalid-graph`, `invalid-weights`, `unknown-name`; `unsupported` for more than 2 GB, which readers refuse.
 */
export function toOnnx(graph: Graph, weights: Weights, { outputs }: ToOnnxOptions = {}): readonly Uint8Array[] {
  const { length, chunks } = encodeModel(exported(graph, weights, outputs));
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
  { outputs, dataFile }: ToOnnxOptions & { readonly dataFile: string },
): OnnxFiles {
  if (!/^[^/\\]+$/.test(dataFile) || dataFile === '.' || dataFile === '..') {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The name of the data file must have no folder, got ${JSON.stringify(dataFile)}`,
      where: 'dataFile',
    });
  }
  const { model, parts } = externalise(exported(graph, weights, outputs), dataFile);
  return { model: encodeModel(model).chunks, data: { [Symbol.iterator]: () => contents(parts) } };
}

function exported(graph: Graph, weights: Weights, outputs: readonly string[] | undefined): OnnxModel {
  checkWeights(graph, weights);
  return buildModel(graph, weights, { form: plainForms, outputs: checkOutputs(graph, outputs) });
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
