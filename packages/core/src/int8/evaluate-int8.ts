import { checkInputs, checkOutputs } from '../backend/inputs.ts';
import type { Graph, Node, NodeOf } from '../graph/graph.ts';
import { inferShapes, type Shapes } from '../graph/infer.ts';
import { evaluateNode, type Float64Tensor } from '../oracle/evaluate.ts';
import type { TensorMap, Weights } from '../tensor.ts';
import { type Calibration, quantisationsOf } from './calibration.ts';
import { int8Layer } from './layer.ts';
import { int8Network } from './network.ts';
import { multiplies, quantisedPlaces } from './places.ts';
import { fromSteps, type Quantisation, toSteps } from './quantisation.ts';

export interface EvaluateInt8Options {
  /** Values to return. Default: `graph.outputs`. */
  readonly outputs?: readonly string[];
  /**
   * What nodes read of a value instead of what was computed; what was computed is still returned. With a program's own values every layer
   * can be judged on what it read there.
   */
  readonly given?: TensorMap;
}

/**
 * The oracle of `int8`: float64 as always, but values become 8 bits at `quantisedPlaces`, and convolutions and linear layers
 * multiply and add whole numbers, which float64 does without any rounding:
 *
 *     y[o] = (sum of w[o,k] * (q[k] - zeroPoint) + bias[o]) * inputScale * scale[o]
 *
 * Errors: `invalid-graph`, `invalid-weights`, `invalid-input` (inputs, calibration), `unknown-name`, `unsupported` (a value folded away).
 */
export function evaluateInt8(
  graph: Graph,
  weights: Weights,
  inputs: TensorMap,
  calibration: Calibration,
  { outputs, given = {} }: EvaluateInt8Options = {},
): Map<string, Float64Tensor> {
  const wanted = checkOutputs(graph, outputs);
  const network = int8Network(graph, weights, wanted);
  const batch = checkInputs(graph, inputs);
  const shapes = inferShapes(network.graph);
  const held = quantisationsOf(network.graph, calibration);
  const places = quantisedPlaces(network.graph);

  const computed = new Map<string, Float64Tensor>();
  /** What the nodes to come read. */
  const values = new Map<string, Float64Tensor>();
  const keep = (name: string, value: Float64Tensor) => {
    if (places.has(name)) requantise(value.data, held.get(name)!);
    if (wanted.includes(name)) computed.set(name, value);
    const instead = Object.hasOwn(given, name) ? given[name] : undefined;
    values.set(name, instead === undefined ? value : { ...value, data: Float64Array.from(instead.data) });
  };
  for (const { name } of graph.inputs) {
    const { shape, data } = inputs[name]!;
    keep(name, { shape, data: Float64Array.from(data) });
  }
  for (const node of network.graph.nodes) {
    const operands = node.inputs.map((name) => values.get(name)!.data);
    keep(
      node.name,
      isLayer(node)
        ? evaluateLayer(shapes, node, network.weights, operands[0]!, held.get(node.inputs[0])!, batch)
        : evaluateNode(shapes, node, network.weights, operands, batch).value,
    );
  }
  return new Map(wanted.map((name) => [name, computed.get(name)!]));
}

function isLayer(node: Node): node is NodeOf<'conv2d' | 'linear'> {
  return multiplies(node);
}

function evaluateLayer(
  shapes: Shapes,
  node: NodeOf<'conv2d' | 'linear'>,
  weights: Weights,
  input: Float64Array,
  quantisation: Quantisation,
  batch: number,
): Float64Tensor {
  const { weight, scales, bias } = int8Layer(node, weights, quantisation.scale);
  const steps = input.slice();
  toSteps(steps, quantisation);
  const whole = new Map([[node.weight, { shape: weights.get(node.weight)!.shape, data: Float32Array.from(weight) }]]);
  const { bias: _, ...withoutBias } = node;
  const { value } = evaluateNode(shapes, withoutBias, whole, [steps], batch);
  const plane = value.data.length / (batch * bias.length);
  for (let i = 0; i < value.data.length; i++) {
    const o = Math.floor(i / plane) % bias.length;
    value.data[i] = (value.data[i]! + bias[o]!) * quantisation.scale * scales[o]!;
  }
  return value;
}

function requantise(data: Float64Array, quantisation: Quantisation): void {
  toSteps(data, quantisation);
  fromSteps(data, quantisation);
}
