import { type Graph, inferShapes, sizeOf } from '@alexnet/core';
import { type HeldWeights, partBytes, typeOf } from './held.ts';
import { lower, type OpForms } from './lower.ts';
import type { ParameterView } from './lowered.ts';
import type { Initializer, Interface, OnnxModel, OnnxNode } from './onnx.ts';

export interface ModelOptions {
  readonly form: OpForms;
  /** Values that the model returns. */
  readonly outputs: readonly string[];
}

/**
 * Builds an ONNX model from a graph. Parameter data are views of the given weights, taken when they are asked for.
 * A graph input that is also wanted as an output goes through an Identity, as ONNX requires.
 */
export function buildModel(graph: Graph, weights: HeldWeights, { form, outputs }: ModelOptions): OnnxModel {
  const shapes = inferShapes(graph);
  const { nodes, constants, views } = lower(graph, shapes, form, (name) => weights.get(name)!.precision);
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
    initializers: [...parameterInitializers(nodes, graph, views, weights), ...constants],
    inputs: graph.inputs.map(({ name }) => describe(name)),
    outputs: outputs.map((name) => describe(outputName(name, inputNames), name)),
  };
}

/** What the model calls a value that it returns: its name, unless that is an input's. */
export function outputName(value: string, inputNames: ReadonlySet<string>): string {
  return inputNames.has(value) ? `${value}.out` : value;
}

/** Every parameter or view of one that some node reads, as a constant. */
export function parameterInitializers(
  nodes: readonly OnnxNode[],
  graph: Graph,
  views: readonly ParameterView[],
  weights: HeldWeights,
): Initializer[] {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const whole = graph.parameters.map(
    ({ name, shape }): ParameterView => ({ name, parameter: name, part: 'values', from: 0, shape }),
  );
  return [...whole, ...views].filter(({ name }) => read.has(name)).map((view) => initializer(view, weights));
}

function initializer({ name, parameter, part, from, shape }: ParameterView, weights: HeldWeights): Initializer {
  const { precision } = weights.get(parameter)!;
  return {
    name,
    shape,
    type: typeOf(precision, part),
    ...(part === 'values' ? { shows: { parameter, from } } : {}),
    get data() {
      return partBytes(weights.get(parameter)!, part, from, sizeOf(shape)); // by now its values may have arrived
    },
  };
}
