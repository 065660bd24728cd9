import {
  annotateFusions,
  foldPadding,
  type Graph,
  inferShapes,
  type Named,
  neededPart,
  type Shape,
  type Weights,
} from '@alexnet/core';
import type { Constant } from './constant.ts';
import { hwcValues } from './flat-order.ts';
import {
  constantNode,
  float32,
  type NodeDef,
  placeholder,
  type TensorShape,
  tensorShape,
  typeName,
} from './graph-def.ts';
import { lower } from './lower.ts';
import { type LoweringContext, node } from './lowered.ts';

/** A TensorFlow graph, what it is called with and returns, and the constants that it reads. */
export interface TfjsModel {
  readonly nodes: readonly NodeDef[];
  /** In the order in which the network needs them. */
  readonly constants: readonly Constant[];
  readonly signature: { readonly inputs: Interfaces; readonly outputs: Interfaces };
}

type Interfaces = Readonly<Record<string, Interface>>;

interface Interface {
  readonly name: string;
  readonly dtype: string;
  readonly tensorShape: TensorShape;
}

/**
 * Builds the model of a graph whose weights fit it. Padding goes into convolutions, ReLU into what it follows;
 * all other values keep their names, and so does the last of those that became one.
 */
export function buildModel(whole: Graph, weights: Weights, outputs: readonly string[]): TfjsModel {
  const graph = annotateFusions(foldPadding(neededPart({ ...whole, outputs })));
  const shapes = inferShapes(graph);
  const hwc = hwcValues(graph, shapes);
  const context: LoweringContext = {
    shapeOf: (value) => shapes.values.get(value)!,
    parameter: (name) => weights.get(name)!,
    hwcOf: (value) => hwc.get(value),
    part: partNames(graph),
  };
  const lowered = lower(graph, context);
  const constants = byName(lowered.flatMap((one) => one.constants ?? []));
  const inputs = new Map(graph.inputs.map(({ name, shape }) => [name, tensorExtents(shape)]));
  /** The node that returns an output. An input can be one: then it goes through a node of its own. */
  const returning = (output: string) => (inputs.has(output) ? context.part(output, 'output') : output);
  const described = graph.outputs.map((name) => ({ name, shape: context.shapeOf(name) }));
  return {
    nodes: [
      ...[...inputs].map(([name, extents]) => placeholder(name, extents)),
      ...constants.map(({ name, dtype, shape }) => constantNode(name, dtype, shape)),
      ...lowered.flatMap(({ nodes }) => nodes),
      ...outputs.filter((name) => inputs.has(name)).map((name) => node('Identity', returning(name), [name], float32)),
    ],
    constants,
    signature: { inputs: interfaces(graph.inputs, (name) => name), outputs: interfaces(described, returning) },
  };
}

/** Names of parts, as TensorFlow's scopes: `conv2/slices`. Graphs whose own names look so get a sign that no name of theirs has. */
function partNames({ inputs, parameters, nodes }: Graph): LoweringContext['part'] {
  const sign = [...inputs, ...parameters, ...nodes].some(({ name }) => name.includes('/')) ? '>' : '/';
  return (of, name) => `${of}${sign}${name}`;
}

/** What several nodes read, once. */
function byName(constants: readonly Constant[]): Constant[] {
  return [...new Map(constants.map((constant) => [constant.name, constant])).values()];
}

function interfaces(values: readonly Named[], nodeOf: (name: string) => string): Interfaces {
  return Object.fromEntries(
    values.map(({ name, shape }) => {
      return [
        name,
        { name: `${nodeOf(name)}:0`, dtype: typeName('float32'), tensorShape: tensorShape(tensorExtents(shape)) },
      ];
    }),
  );
}

/** The batch, and images with channels last. */
function tensorExtents(shape: Shape): Shape {
  const [channels, height, width] = shape;
  return shape.length === 3 ? [-1, height!, width!, channels!] : [-1, ...shape];
}
