import { type Graph, inferShapes, type Weights } from '@alexnet/core';
import { lower } from './lower.ts';
import type { LrnForm } from './lrn.ts';
import { float32Bytes, type Initializer, type Interface, type OnnxModel } from './onnx.ts';

export interface ModelOptions {
  readonly lrn: LrnForm;
  /** Values that the model returns. */
  readonly outputs: readonly string[];
  /** Parameters of at least this many bytes go to files named after them, and are not in the model. */
  readonly externalFrom?: number;
}

/**
 * Builds an ONNX model from a graph. Parameter data are views of the given weights.
 * A graph input that is also wanted as an output goes through an Identity, as ONNX requires.
 */
export function buildModel(
  graph: Graph,
  weights: Weights,
  { lrn, outputs, externalFrom = Infinity }: ModelOptions,
): OnnxModel {
  const shapes = inferShapes(graph);
  const { nodes, constants } = lower(graph, shapes, lrn);
  const describe = (name: string, value = name): Interface => ({ name, shape: shapes.values.get(value)! });
  const inputNames = new Set(graph.inputs.map(({ name }) => name));
  const passedThrough = outputs.filter((name) => inputNames.has(name));
  return {
    name: graph.name,
    nodes: [
      ...nodes,
      ...passedThrough.map((name) => ({
        op: 'Identity',
        name: outputName(name, inputNames),
        inputs: [name],
        output: outputName(name, inputNames),
      })),
    ],
    initializers: [...graph.parameters.map(({ name }) => parameter(name, weights, externalFrom)), ...constants],
    inputs: graph.inputs.map(({ name }) => describe(name)),
    outputs: outputs.map((name) => describe(outputName(name, inputNames), name)),
  };
}

/** What the model calls a value that it returns: its name, unless that is an input's. */
export function outputName(value: string, inputNames: ReadonlySet<string>): string {
  return inputNames.has(value) ? `${value}.out` : value;
}

function parameter(name: string, weights: Weights, externalFrom: number): Initializer {
  const { shape, data } = weights.get(name)!;
  const initializer: Initializer = { name, shape, type: 'float32', data: float32Bytes(data) };
  return data.byteLength >= externalFrom ? { ...initializer, external: { file: name, offset: 0 } } : initializer;
}
