import type { Graph, Node, NodeOf, OpName, Precision, Shape, Shapes } from '@alexnet/core';
import { type ConvolutionForm, lowerConvolution } from './convolution.ts';
import { type LinearForm, lowerLinear, type StoredForms } from './linear.ts';
import { type Lowered, one, padList } from './lowered.ts';
import { type LrnForm, lowerLrn } from './lrn.ts';
import { bytesOf, type Initializer, int64Bytes } from './onnx.ts';

/** How the ops are written that can be written in more than one way. */
export interface OpForms {
  readonly convolution: ConvolutionForm;
  readonly lrn: LrnForm;
  readonly linear: LinearForm;
  readonly stored: StoredForms;
}

/** ONNX's own operators: what others read. Stored weights are no larger in a file than where they come from. */
export const plainForms: OpForms = {
  convolution: 'operator',
  lrn: 'operator',
  linear: 'operator',
  stored: { f16: 'cast', q8: 'blocks', q4: 'blocks' },
};

/** What a lowering may ask. */
export interface LoweringContext {
  readonly form: OpForms;
  /** Shape of a value, without batch. */
  shapeOf(value: string): Shape;
  shapeOfParameter(name: string): Shape;
  /** How a parameter is held. */
  precisionOf(parameter: string): Precision;
  /** The ops that read a value. */
  readersOf(value: string): readonly OpName[];
}

type Lowering<N extends Node> = (node: N, context: LoweringContext) => Lowered;

/** One lowering per op; the type makes a forgotten op an error. */
const lowerings: { readonly [K in OpName]: Lowering<NodeOf<K>> } = {
  conv2d: (node, { form, shapeOf, shapeOfParameter }) =>
    lowerConvolution(node, form.convolution, shapeOfParameter(node.weight), shapeOf(node.inputs[0])[0]!),

  linear: (node, { form, shapeOf, precisionOf }) =>
    lowerLinear(node, {
      form: form.linear,
      stored: form.stored,
      precision: precisionOf(node.weight),
      features: shapeOf(node.inputs[0])[0]!,
      outputs: shapeOf(node.name)[0]!,
    }),

  relu: ({ name, inputs }) => one('Relu', name, inputs),

  lrn: (node, { form, shapeOf }) => lowerLrn(node, form.lrn, shapeOf(node.inputs[0]) as [number, number, number]),

  // ceilMode is written as explicit padding of the bottom and right: minus infinity, in every engine and version.
  maxPool2d(node, { shapeOf }) {
    const [, height, width] = shapeOf(node.inputs[0]) as [number, number, number];
    const [, rows, cols] = shapeOf(node.name) as [number, number, number];
    const reach = (axis: 0 | 1, out: number) => (out - 1) * node.stride[axis] + node.kernel[axis];
    const pads = {
      ...node.pads,
      bottom: Math.max(node.pads.bottom, reach(0, rows) - height - node.pads.top),
      right: Math.max(node.pads.right, reach(1, cols) - width - node.pads.left),
    };
    return one('MaxPool', node.name, node.inputs, {
      kernel_shape: node.kernel,
      strides: node.stride,
      pads: padList(pads),
    });
  },

  adaptiveAvgPool2d({ name, inputs, output }, { shapeOf }) {
    const [, height, width] = shapeOf(inputs[0]) as [number, number, number];
    const [rows, cols] = output;
    if (rows === height && cols === width) return one('Identity', name, inputs);
    if (height % rows === 0 && width % cols === 0) {
      const kernel = [height / rows, width / cols];
      return one('AveragePool', name, inputs, { kernel_shape: kernel, strides: kernel });
    }
    // windows of unequal size: A x B^T, each row of A and B the weights of one window
    return {
      nodes: [
        { op: 'MatMul', name: `${name}.rows`, inputs: [`${name}.down`, inputs[0]], output: `${name}.rows` },
        { op: 'MatMul', name, inputs: [`${name}.rows`, `${name}.across`], output: name },
      ],
      constants: [averaging(`${name}.down`, rows, height, false), averaging(`${name}.across`, cols, width, true)],
    };
  },

  batchNorm: ({ name, inputs, scale, bias, mean, variance, epsilon }) =>
    one('BatchNormalization', name, [...inputs, scale, bias, mean, variance], { epsilon: { float: epsilon } }),

  pad2d({ name, inputs, pads: { top, left, bottom, right } }, { readersOf }) {
    const pads = `${name}.pads`;
    const constants = [
      { name: pads, shape: [8], type: 'int64' as const, data: int64Bytes([0, 0, top, left, 0, 0, bottom, right]) },
    ];
    if (!readersOf(name).includes('maxPool2d')) {
      return { nodes: [{ op: 'Pad', name, inputs: [...inputs, pads], output: name }], constants };
    }
    // ONNX Runtime would move the padding into the MaxPool, where it is no longer zero but minus infinity: a step between keeps them apart.
    const [padded, lowest] = [`${name}.padded`, `${name}.lowest`];
    return {
      nodes: [
        { op: 'Pad', name: padded, inputs: [...inputs, pads], output: padded },
        { op: 'Max', name, inputs: [padded, lowest], output: name },
      ],
      constants: [
        ...constants,
        { name: lowest, shape: [], type: 'float32', data: bytesOf(Float32Array.of(Number.NEGATIVE_INFINITY)) },
      ],
    };
  },

  flatten: ({ name, inputs }) => one('Flatten', name, inputs, { axis: 1 }),
  dropout: ({ name, inputs }) => one('Identity', name, inputs),
  softmax: ({ name, inputs }) => one('Softmax', name, inputs, { axis: 1 }),
};

/** Lowers every node of a graph. */
export function lower(
  graph: Graph,
  { values }: Shapes,
  form: OpForms,
  precisionOf: LoweringContext['precisionOf'],
): Required<Lowered> {
  const context: LoweringContext = {
    form,
    shapeOf: (value) => values.get(value)!,
    shapeOfParameter: parameterShapes(graph),
    precisionOf,
    readersOf: (value) =>
      graph.nodes.flatMap(({ op, inputs }) => ((inputs as readonly string[]).includes(value) ? [op] : [])),
  };
  const lowered = graph.nodes.map((node) => lowerNode(node, context));
  return {
    nodes: lowered.flatMap(({ nodes }) => nodes),
    constants: lowered.flatMap(({ constants }) => constants),
    views: lowered.flatMap(({ views }) => views ?? []),
  };
}

/** Lowers one node. */
export function lowerNode(node: Node, context: LoweringContext): Lowered {
  return (lowerings[node.op] as Lowering<Node>)(node, context);
}

export function parameterShapes({ parameters }: Graph): (name: string) => Shape {
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  return (name) => shapes.get(name)!;
}

/** `[windows, extent]`, or transposed: row i averages the elements of window i. */
export function averaging(name: string, windows: number, extent: number, transposed: boolean): Initializer {
  const data = new Float32Array(windows * extent);
  for (let i = 0; i < windows; i++) {
    const from = Math.floor((i * extent) / windows);
    const to = Math.ceil(((i + 1) * extent) / windows);
    for (let j = from; j < to; j++) data[transposed ? j * windows + i : i * extent + j] = 1 / (to - from);
  }
  return { name, shape: transposed ? [extent, windows] : [windows, extent], type: 'float32', data: bytesOf(data) };
}
