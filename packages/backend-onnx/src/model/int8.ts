import {
  type Calibration,
  dropDropout,
  foldPadding,
  type Graph,
  inferShapes,
  int8Network,
  movesOnly,
  multiplies,
  type Node,
  type NodeOf,
  neededPart,
  onlyReader,
  quantisationsOf,
  quantisedPlaces,
  type Weights,
} from '@alexnet/core';
import { heldAsFloats } from './held.ts';
import { type IntegerTarget, integerLayer } from './int8-layer.ts';
import { type LoweringContext, lowerNode, type OpForms, parameterShapes } from './lower.ts';
import { outputName, parameterInitializers } from './model.ts';
import { bytesOf, type Initializer, MICROSOFT, type OnnxModel, type OnnxNode } from './onnx.ts';

export interface Int8ModelOptions {
  readonly calibration: Calibration;
  readonly form: OpForms;
  readonly outputs: readonly string[];
}

/** What a quantised value is called in the model; under its own name it is float32 again. */
const inSteps = (value: string) => `${value}.int8`;
/** What is computed in float32 before it is quantised. */
const beforehand = (value: string) => `${value}.exact`;

/**
 * A model that quantises where `evaluateInt8` does: whole numbers of 8 bits flow wherever the oracle's values are quantised,
 * float32 elsewhere, and between them stand QuantizeLinear and DequantizeLinear.
 * Errors: `invalid-graph`, `invalid-weights`, `invalid-input` (calibration), `unsupported` (an output that is folded away).
 */
export function buildInt8Model(
  given: Graph,
  all: Weights,
  { calibration, form, outputs }: Int8ModelOptions,
): OnnxModel {
  const network = int8Network(given, all, outputs);
  const held = quantisationsOf(network.graph, calibration);
  const places = quantisedPlaces(network.graph);
  const graph = foldPadding(dropDropout(neededPart(network.graph)));
  const shapes = inferShapes(graph);
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const nodes: OnnxNode[] = [];
  const constants: Initializer[] = [];
  const made = new Set<string>();
  /** Nodes that were written together with the one before. */
  const done = new Set<string>();
  const context: LoweringContext = {
    form,
    shapeOf: (value) => shapes.values.get(value.replace(/\.(int8|exact)$/, '')) ?? shapes.values.get(value)!,
    shapeOfParameter: parameterShapes(graph),
    precisionOf: () => 'f32',
    readersOf: () => [], // what reads whole numbers is not what it would be in float32
  };

  /** The names of a value's scale and zero point. */
  const quantisation = (value: string): [scale: string, zeroPoint: string] => {
    const { scale, zeroPoint } = held.get(value)!;
    const names: [string, string] = [`${inSteps(value)}.scale`, `${inSteps(value)}.zero`];
    if (!made.has(names[0])) {
      made.add(names[0]);
      constants.push(
        { name: names[0], shape: [], type: 'float32', data: bytesOf(Float32Array.of(scale)) },
        { name: names[1], shape: [], type: 'uint8', data: Uint8Array.of(zeroPoint) },
      );
    }
    return names;
  };
  const convert = (op: 'QuantizeLinear' | 'DequantizeLinear', value: string, from: string, to: string) => {
    nodes.push({ op, name: to, inputs: [from, ...quantisation(value)], output: to });
  };
  /** The name of a value in float32, which is made from whole numbers when somebody asks. */
  const asFloat = (value: string): string => {
    if (!held.has(value)) return value;
    const name = outputName(value, inputs);
    if (!made.has(name)) {
      made.add(name);
      convert('DequantizeLinear', value, inSteps(value), name);
    }
    return name;
  };
  const addLowered = (node: Node, name: string, operands: readonly string[]): void => {
    const lowered = lowerNode({ ...node, name, inputs: operands } as unknown as Node, context);
    nodes.push(...lowered.nodes);
    constants.push(...lowered.constants);
  };
  /** Steps that move values run on whole numbers. */
  const move = (node: Node): void => {
    addLowered(node, inSteps(node.name), node.inputs.map(inSteps));
    const last = nodes.pop()!;
    if (node.op === 'maxPool2d') nodes.push(...channelsLast(last));
    else if (node.op === 'pad2d')
      nodes.push({ ...last, inputs: [...last.inputs, quantisation(node.name)[1]] }); // what means 0
    else nodes.push(last);
  };
  const compute = (node: Node): void => {
    const place = places.has(node.name);
    addLowered(node, place ? beforehand(node.name) : node.name, node.inputs.map(asFloat));
    if (place) convert('QuantizeLinear', node.name, beforehand(node.name), inSteps(node.name));
  };
  const multiply = (node: NodeOf<'conv2d' | 'linear'>, target: IntegerTarget): void => {
    const [input] = node.inputs;
    const layer = integerLayer(node, network.weights, {
      input: { name: inSteps(input), quantisation: quantisation(input), scale: held.get(input)!.scale },
      target,
    });
    nodes.push(...layer.nodes);
    constants.push(...layer.constants);
  };

  for (const input of inputs) if (places.has(input)) convert('QuantizeLinear', input, input, inSteps(input));
  for (const node of graph.nodes) {
    if (done.has(node.name)) continue;
    if (isLayer(node)) {
      const relu = outputs.includes(node.name) ? undefined : onlyReader(graph, node.name, 'relu');
      const end = relu !== undefined && places.has(relu.name) ? relu.name : node.name;
      if (end !== node.name) done.add(end);
      multiply(
        node,
        places.has(end)
          ? { name: inSteps(end), quantisation: quantisation(end) }
          : { name: node.name, quantisation: undefined },
      );
    } else if (held.has(node.name) && !places.has(node.name) && movesOnly(node, shapes)) move(node);
    else compute(node);
  }
  for (const output of outputs) {
    const name = outputName(output, inputs);
    if (asFloat(output) !== name) nodes.push({ op: 'Identity', name, inputs: [output], output: name });
  }
  return {
    name: graph.name,
    nodes,
    initializers: [...parameterInitializers(nodes, graph, [], heldAsFloats(network.weights)), ...constants],
    inputs: graph.inputs.map(({ name, shape }) => ({ name, shape })),
    outputs: outputs.map((name) => ({ name: outputName(name, inputs), shape: shapes.values.get(name)! })),
  };
}

function isLayer(node: Node): node is NodeOf<'conv2d' | 'linear'> {
  return multiplies(node);
}

/**
 * Max pooling with channels last, which ONNX Runtime has vectorised; its own MaxPool of whole numbers is a plain loop. The transpositions
 * meet those of its integer convolutions and go.
 */
function channelsLast({ name, inputs, output, attributes }: OnnxNode): OnnxNode[] {
  const [before, after] = [`${name}.last`, `${name}.pooled`];
  return [
    { op: 'Transpose', name: before, inputs, output: before, attributes: { perm: [0, 2, 3, 1] } },
    {
      op: 'NhwcMaxPool',
      domain: MICROSOFT,
      name: after,
      inputs: [before],
      output: after,
      ...(attributes && { attributes }),
    },
    { op: 'Transpose', name, inputs: [after], output, attributes: { perm: [0, 3, 1, 2] } },
  ];
}
