import { type Graph, inferShapes, sizeOf, type Weights } from '@alexnet/core';
import { lower, type OpForms, type ParameterView } from './lower.ts';
import { float32Bytes, type Initializer, type Interface, type OnnxModel, type OnnxNode } from './onnx.ts';

export interface ModelOptions {
  readonly form: OpForms;
  /** Values that the model returns. */
  readonly outputs: readonly string[];
}

/**
 * Builds an ONNX model from a graph. Parameter data are views of the given weights, taken when they are asked for.
 * A graph input that is also wanted as an output goes through an Identity, as ONNX requires.
 */
export function buildModel(graph: Graph, weights: Weights, { form, outputs }: ModelOptions): OnnxModel {
  const shapes = inferShapes(graph);
  const { nodes, constants, views } = lower(graph, shapes, form);
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
    initializers: [...parametersRead(nodes, graph, views).map((view) => initializer(view, weights)), ...constants],
    inputs: graph.inputs.map(({ name }) => describe(name)),
    outputs: outputs.map((name) => describe(outputName(name, inputNames), name)),
  };
}

/** What the model calls a value that it returns: its name, unless that is an input's. */
export function outputName(value: string, inputNames: ReadonlySet<string>): string {
  return inputNames.has(value) ? `${value}.out` : value;
}

/** Every parameter or view of one that some node reads. */
function parametersRead(nodes: readonly OnnxNode[], graph: Graph, views: readonly ParameterView[]): ParameterView[] {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const whole = graph.parameters.map(({ name, shape }) => ({ name, parameter: name, from: 0, shape }));
  return [...whole, ...views].filter(({ name }) => read.has(name));
}

function initializer({ name, parameter, from, shape }: ParameterView, weights: Weights): Initializer {
  return {
    name,
    shape,
    type: 'float32',
    get data() {
      return float32Bytes(weights.get(parameter)!.data.subarray(from, from + sizeOf(shape)));
    },
  };
}
