import {
  AlexNetError,
  type Graph,
  inferShapes,
  type Node,
  type NodeOf,
  type OpName,
  type Shape,
  type Weights,
} from '@alexnet/core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { convolution } from './convolution.ts';
import type { Tfjs } from './engine.ts';
import { fullyConnected } from './fully-connected.ts';
import { maxPooling } from './max-pooling.ts';

/** What a value is computed from: values by name, images as NHWC, flat values as [n, features]. */
export type Compute = (values: ReadonlyMap<string, Tensor>) => Tensor;

export interface Lowered {
  /** In order; a fused node carries the name of its last. */
  readonly steps: readonly { readonly name: string; readonly compute: Compute }[];
  /** The weights on the device, to be disposed. */
  readonly held: readonly Tensor[];
}

/** What lowering a node needs to know. */
export interface LowerContext {
  readonly tf: Tfjs;
  readonly weights: Weights;
  /** Shapes without batch, images as [c, h, w]. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Flat values that are a flattened image: its shape [c, h, w]. Their order is HWC here and CHW in the graph. */
  readonly flattened: ReadonlyMap<string, Shape>;
  /** Whether a ReLU follows and is computed along. */
  readonly relu: boolean;
  /** Keeps a weight until the program is disposed. */
  hold<T extends Tensor>(weight: T): T;
}

/** The ops that this peer is written for: those of the published networks. */
export const supported: readonly OpName[] = [
  'conv2d',
  'linear',
  'relu',
  'lrn',
  'maxPool2d',
  'adaptiveAvgPool2d',
  'pad2d',
  'flatten',
  'dropout',
  'softmax',
];

/** Ops that give every element its own result: the order of a flattened image goes through. */
const elementwise: ReadonlySet<OpName> = new Set(['relu', 'dropout']);

/** Writes a graph as calls of tfjs. Errors: `unsupported`. */
export function lower(tf: Tfjs, graph: Graph, weights: Weights): Lowered {
  const shapes = inferShapes(graph).values;
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  const fusedInto = new Map(graph.fusions?.map(([first, last]) => [first!, last!]));
  const fusedAway = new Set(fusedInto.values());
  const flattened = new Map<string, Shape>();
  const held: Tensor[] = [];
  const hold = <T extends Tensor>(weight: T): T => {
    held.push(weight);
    return weight;
  };

  const steps: { name: string; compute: Compute }[] = [];
  for (const node of graph.nodes) {
    const source = shapes.get(node.inputs[0])!;
    const order = flattened.get(node.inputs[0]);
    if (node.op === 'flatten' && source.length === 3) flattened.set(node.name, source);
    else if (order !== undefined && elementwise.has(node.op)) flattened.set(node.name, order);
    if (fusedAway.has(node.name)) continue;
    const name = fusedInto.get(node.name) ?? node.name;
    const relu = byName.get(name)!.op === 'relu' && name !== node.name;
    steps.push({ name, compute: lowerNode(node, { tf, weights, shapes, flattened, relu, hold }) });
  }
  for (const name of graph.outputs) {
    if (flattened.has(name)) throw unsupported(`${name} is a flattened image, which is in another order here`, name);
  }
  return { steps, held };
}

function lowerNode(node: Node, context: LowerContext): Compute {
  const { tf, shapes } = context;
  const input = <T extends Tensor>(values: ReadonlyMap<string, Tensor>) => values.get(node.inputs[0])! as T;
  switch (node.op) {
    case 'conv2d':
      return convolution(node, context);
    case 'linear':
      return fullyConnected(node, context);
    case 'maxPool2d':
      return maxPooling(node, context);
    case 'lrn':
      return localResponse(node, context);
    case 'adaptiveAvgPool2d':
      return adaptiveAverage(node, context);
    case 'relu':
      return (values) => tf.relu(input(values));
    case 'pad2d': {
      const { top, bottom, left, right } = node.pads;
      return (values) =>
        tf.pad4d(input<Tensor4D>(values), [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ]);
    }
    case 'flatten': {
      const [features] = shapes.get(node.name)!;
      return (values) => tf.reshape(input(values), [-1, features!]);
    }
    case 'dropout':
      return (values) => tf.clone(input(values));
    case 'softmax':
      return (values) => tf.softmax(input(values));
    case 'batchNorm': // what is left of it could not be folded
      throw unsupported(`This peer has no ${node.op}`, node.name);
  }
}

/** tfjs: x / (bias + alpha * sum)^beta over 2 * radius + 1 channels, with alpha as it is; ours is alpha / size. */
function localResponse(node: NodeOf<'lrn'>, { tf }: LowerContext): Compute {
  const { size, bias, alpha, beta } = node;
  if (size % 2 === 0) throw unsupported(`A window of ${size} channels has no radius`, node.name);
  return (values) =>
    tf.localResponseNormalization(values.get(node.inputs[0])! as Tensor4D, (size - 1) / 2, bias, alpha / size, beta);
}

/** A pooling with one window size, where the output divides the input; the identity where they are equal. */
function adaptiveAverage(node: NodeOf<'adaptiveAvgPool2d'>, { tf, shapes }: LowerContext): Compute {
  const [, height, width] = shapes.get(node.inputs[0])! as [number, number, number];
  const [rows, columns] = node.output;
  if (height % rows !== 0 || width % columns !== 0)
    throw unsupported(`${height}x${width} is not a multiple of ${rows}x${columns}`, node.name);
  const window: [number, number] = [height / rows, width / columns];
  return (values) => {
    const x = values.get(node.inputs[0])! as Tensor4D;
    return height === rows && width === columns ? tf.clone(x) : tf.avgPool(x, window, window, 'valid');
  };
}

export function unsupported(message: string, node: string): AlexNetError {
  return new AlexNetError({ code: 'unsupported', message, where: `node ${node}` });
}
