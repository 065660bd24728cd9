import { int8Layer, type NodeOf, type Weights } from '@alexnet/core';
import { type Lowered, padList } from './lowered.ts';
import { bytesOf, type Initializer, MICROSOFT, type OnnxNode } from './onnx.ts';

type Layer = NodeOf<'conv2d' | 'linear'>;
type Names = readonly [scale: string, zeroPoint: string];

/** What a layer of whole numbers reads. */
export interface IntegerInput {
  readonly name: string;
  readonly quantisation: Names;
  readonly scale: number;
}

/** What it computes: whole numbers, or without a quantisation float32. A ReLU is in the target's quantisation: nothing is below zero there. */
export interface IntegerTarget {
  readonly name: string;
  readonly quantisation: Names | undefined;
}

export interface IntegerOperands {
  readonly input: IntegerInput;
  readonly target: IntegerTarget;
}

/** A convolution or linear layer in ONNX's and ONNX Runtime's operators for whole numbers. Errors: those of `int8Layer`. */
export function integerLayer(node: Layer, weights: Weights, operands: IntegerOperands): Lowered {
  const { weight, scales, bias } = int8Layer(node, weights, operands.input.scale);
  const at = (part: string) => `${node.name}.${part}`;
  const [out] = weights.get(node.weight)!.shape as [number];
  const names = { weight: at('steps'), scales: at('scales'), zeros: at('zeros'), bias: at('bias.steps') };
  const constants: Initializer[] = [
    { name: names.weight, shape: weights.get(node.weight)!.shape, type: 'int8', data: bytesOf(weight) },
    { name: names.scales, shape: [out], type: 'float32', data: bytesOf(scales) },
    { name: names.zeros, shape: [out], type: 'int8', data: new Uint8Array(out) },
    { name: names.bias, shape: [out], type: 'int32', data: bytesOf(bias) },
  ];
  if (node.op === 'linear') return { nodes: [product(names, operands)], constants };
  if (operands.target.quantisation !== undefined) return { nodes: [convolution(node, names, operands)], constants };
  const float = floatConvolution(node, names, operands, { scales, bias });
  return { nodes: float.nodes, constants: [constants[0]!, ...float.constants] };
}

type ParameterNames = Readonly<Record<'weight' | 'scales' | 'zeros' | 'bias', string>>;

/** What both operators begin with: the values and the weights, each with its quantisation. */
function factors(names: ParameterNames, input: IntegerOperands['input']): string[] {
  return [input.name, ...input.quantisation, names.weight, names.scales, names.zeros];
}

function product(names: ParameterNames, { input, target }: IntegerOperands): OnnxNode {
  return {
    op: 'QGemm',
    domain: MICROSOFT,
    name: target.name,
    inputs: [...factors(names, input), names.bias, ...(target.quantisation ?? [])],
    output: target.name,
    attributes: { transB: 1 },
  };
}

function convolution(node: NodeOf<'conv2d'>, names: ParameterNames, { input, target }: IntegerOperands): OnnxNode {
  return {
    op: 'QLinearConv',
    name: target.name,
    inputs: [...factors(names, input), ...target.quantisation!, names.bias],
    output: target.name,
    attributes: geometry(node),
  };
}

/** Sums of whole numbers, which become float32 at the end: for a value that is asked for before its ReLU. */
function floatConvolution(
  node: NodeOf<'conv2d'>,
  names: ParameterNames,
  { input, target }: IntegerOperands,
  { scales, bias }: { readonly scales: Float32Array; readonly bias: Int32Array },
): Lowered {
  const at = (part: string) => `${node.name}.${part}`;
  const step = (op: string, part: string, inputs: readonly string[], attributes = {}): OnnxNode => {
    return { op, name: at(part), inputs, output: at(part), attributes };
  };
  const perOutput = [scales.length, 1, 1];
  const units = scales.map((scale) => scale * input.scale);
  return {
    nodes: [
      step('ConvInteger', 'products', [input.name, names.weight, input.quantisation[1]], geometry(node)),
      step('Add', 'sums', [at('products'), at('bias.steps')]),
      step('Cast', 'float', [at('sums')], { to: 1 }),
      { op: 'Mul', name: target.name, inputs: [at('float'), at('units')], output: target.name },
    ],
    constants: [
      { name: at('bias.steps'), shape: perOutput, type: 'int32', data: bytesOf(bias) },
      { name: at('units'), shape: perOutput, type: 'float32', data: bytesOf(units) },
    ],
  };
}

function geometry({ stride, pads, groups }: NodeOf<'conv2d'>): NonNullable<OnnxNode['attributes']> {
  return { strides: stride, pads: padList(pads), ...(groups === 1 ? {} : { group: groups }) };
}
