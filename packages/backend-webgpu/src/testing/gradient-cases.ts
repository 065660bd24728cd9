import {
  type Backend,
  buildGraph,
  evaluateTrainingNode,
  type Float64Tensor,
  type GraphBuilder,
  inferShapes,
  inferTrainingShapes,
  isGradientNode,
  philoxStream,
  type Shape,
  sameShape,
  seededWeights,
  sizeOf,
  type TensorMap,
  type TrainingGraph,
  type TrainingGraphOptions,
  type TrainingNode,
  type TrainingShapes,
  trainingGraph,
  trainingInputs,
  type Weights,
} from '@alexnet/core';
import type { BackendSetup } from '../setup.ts';

export interface GradientCase {
  readonly why: string;
  readonly input: Shape;
  readonly layers: (layers: GraphBuilder) => GraphBuilder;
  readonly batch: number;
  readonly options?: TrainingGraphOptions;
  /** Whole numbers from 0 to this, so that windows have several maxima. */
  readonly ties?: number;
  readonly setup?: Partial<BackendSetup>;
}

const given: TrainingGraphOptions = { loss: { kind: 'given' }, inputGradients: true };

// biome-ignore format: a table, one row per case
export const gradientCases: readonly GradientCase[] = [
  { why: 'a convolution whose channels fill no vec4s', input: [3, 7, 6], layers: (l) => l.conv2d('y', 5, [3, 2]), batch: 3 },
  { why: 'a convolution with groups of whole vec4s, unequal strides and four different pads', input: [8, 9, 7], batch: 3,
    layers: (l) => l.conv2d('y', 24, [3, 2], { groups: 2, stride: [2, 3], pads: { top: 1, left: 0, bottom: 2, right: 1 } }) },
  { why: 'a convolution with groups that fill no vec4s, strides and pads', input: [6, 40, 13], batch: 3,
    layers: (l) => l.conv2d('y', 10, [2, 3], { groups: 2, stride: [1, 2], pads: { top: 0, left: 2, bottom: 1, right: 1 } }) },
  { why: 'a first layer: few channels, large window, large stride, pads', input: [3, 19, 17], layers: (l) => l.conv2d('y', 18, 7, { stride: 4, pads: 2 }), batch: 1 },
  { why: 'a stride larger than the window: pixels that nothing reads', input: [1, 7, 8], layers: (l) => l.conv2d('y', 2, 2, { stride: 3 }), batch: 3 },
  { why: 'padding as wide as the window: windows that see padding alone', input: [2, 4, 3], layers: (l) => l.conv2d('y', 3, 2, { pads: 2 }), batch: 1 },
  { why: 'a window as large as the image', input: [5, 4, 3], layers: (l) => l.conv2d('y', 7, [4, 3]), batch: 2 },
  { why: 'sums of many terms, in parts', input: [4, 41, 37], layers: (l) => l.conv2d('y', 6, 1), batch: 3 },
  { why: 'many weights and sums of many terms: several blocks in each part', input: [8, 44, 13], layers: (l) => l.conv2d('y', 64, 5), batch: 3 },
  { why: 'a linear layer whose features fill no vec4s', input: [13], layers: (l) => l.linear('y', 7), batch: 5 },
  { why: 'a linear layer in buffers of a few rows', input: [70], layers: (l) => l.linear('y', 6), batch: 3, setup: { maxBindingBytes: 2048 } },
  { why: 'one sample', input: [9], layers: (l) => l.linear('y', 10), batch: 1 },
  { why: 'ReLU behind a layer', input: [3, 5, 4], layers: (l) => l.conv2d('conv', 6, 2).relu('y'), batch: 2 },
  { why: 'ReLU alone, at 0 too', input: [5, 3, 4], layers: (l) => l.relu('y'), batch: 3, ties: 2 },
  { why: 'LRN, a window of 5', input: [11, 3, 2], layers: (l) => l.lrn('y', { size: 5, alpha: 0.7, beta: 0.75, bias: 2 }), batch: 3 },
  { why: 'LRN, an even window and few channels', input: [3, 2, 5], layers: (l) => l.lrn('y', { size: 4, alpha: 0.9, beta: 0.5, bias: 1 }), batch: 1 },
  { why: 'LRN, another power', input: [6, 2, 3], layers: (l) => l.lrn('y', { size: 3, alpha: 0.4, beta: 0.6, bias: 1 }), batch: 2 },
  { why: 'max pooling, overlapping windows, ceil mode, pads, ties', input: [6, 8, 7], batch: 3, ties: 3,
    layers: (l) => l.maxPool2d('y', 3, { stride: 2, pads: { top: 1, right: 1 }, ceilMode: true }) },
  { why: 'max pooling, a window larger than its stride in one direction only', input: [3, 7, 9], layers: (l) => l.maxPool2d('y', [2, 3], { stride: [3, 1] }), batch: 1, ties: 2 },
  { why: 'max pooling of nothing but ties', input: [2, 5, 6], layers: (l) => l.maxPool2d('y', 3, { stride: 1 }), batch: 2, ties: 0 },
  { why: 'average pooling to windows of unequal size', input: [6, 5, 7], layers: (l) => l.adaptiveAvgPool2d('y', [3, 4]), batch: 3 },
  { why: 'average pooling to more windows than pixels', input: [2, 2, 3], layers: (l) => l.adaptiveAvgPool2d('y', [5, 7]), batch: 1 },
  { why: 'padding', input: [6, 3, 4], layers: (l) => l.pad2d('y', { top: 1, left: 2, right: 3 }), batch: 2 },
  { why: 'flatten, features that fill no vec4s', input: [3, 3, 5], layers: (l) => l.flatten('y'), batch: 2 },
  { why: 'softmax', input: [71], layers: (l) => l.softmax('y'), batch: 3 },
  { why: 'dropout', input: [6, 3, 4], layers: (l) => l.dropout('y', 0.4), batch: 3 },
  { why: 'batch norm of images', input: [6, 13, 4], layers: (l) => l.batchNorm('y', 1e-3), batch: 3 },
  { why: 'batch norm of features', input: [5], layers: (l) => l.batchNorm('y', 1e-3), batch: 4 },
  { why: 'batch norm with a trained bias alone', input: [3, 2, 5], layers: (l) => l.batchNorm('y', 1e-3), batch: 2, options: { ...given, trainable: ['y.bias'] } },
  { why: 'frozen batch norm', input: [5, 3, 4], layers: (l) => l.batchNorm('y', 1e-3), batch: 1, options: { ...given, trainable: [] } },
  { why: 'cross-entropy with smoothing, and penalties', input: [6], layers: (l) => l.linear('fc', 70).softmax('prob'), batch: 3,
    options: { loss: { kind: 'softmax-cross-entropy', smoothing: 0.1 }, inputGradients: true, regularisation: { l2: 0.3 } } },
  { why: 'penalties of a weight in several buffers', input: [70], layers: (l) => l.linear('fc', 6).softmax('prob'), batch: 2, setup: { maxBindingBytes: 2048 },
    options: { regularisation: { l2: 0.01 } } },
];

export function trainingOf({ input, layers, options = given }: GradientCase): TrainingGraph {
  return trainingGraph(layers(buildGraph('g', { name: 'x', shape: input })).build(), options);
}

/** What is wrong with the values that a backend computes of a case, of all ops or of some; undefined where nothing is. */
export async function judgeGradients(
  backend: Backend,
  each: GradientCase,
  ops: readonly TrainingNode['op'][] = opsOf(each),
): Promise<string | undefined> {
  const { batch, ties } = each;
  const training = trainingOf(each);
  const weights = seededWeights(training.network, 5);
  const inputs = inputsOf(training, batch, ties);
  const judged = training.nodes.filter(({ op }) => ops.includes(op));
  const names = new Set(training.nodes.map(({ name }) => name));
  const outputs = judged.flatMap((node) => [node.name, ...node.inputs.filter((name) => names.has(name))]);
  const optimiser = { rule: { kind: 'sgd', momentum: 0, weightDecay: 0 } } as const;
  await using trainer = await backend.compileTraining!(training, weights, { optimiser, outputs });
  const got = await trainer.values(inputs);
  const shapes = inferTrainingShapes(training);
  for (const node of judged) {
    const { want, allowed } = expected(shapes, node, weights, { ...inputs, ...got }, batch);
    const { shape, data } = got[node.name]!;
    if (!sameShape(shape, want.shape)) return `${node.name} is ${shape.join('x')}, not ${want.shape.join('x')}`;
    const wrong = want.data.findIndex((value, i) => !(Math.abs(value - data[i]!) <= allowed[i]!));
    if (wrong >= 0) return `${node.name}[${wrong}]: ${data[wrong]} for ${want.data[wrong]} +- ${allowed[wrong]}`;
  }
  return undefined;
}

export function opsOf(each: GradientCase): TrainingNode['op'][] {
  return trainingOf(each).nodes.map(({ op }) => op);
}

const U = 2 ** -24;

/**
 * A node by itself, from what the device computed for what it reads, with the error that it may make: of a sum 2 sqrt(K) u sum |a * b|, with 6
 * roundings more for the functions that it calls; what only moves or multiplies values is exact but for the rounding.
 */
function expected(
  shapes: TrainingShapes,
  node: TrainingNode,
  weights: Weights,
  known: TensorMap,
  batch: number,
): { readonly want: Float64Tensor; readonly allowed: Float64Array } {
  const operands = node.inputs.map((name) => Float64Array.from(known[name]!.data));
  const { value, terms = 0, magnitude } = evaluateTrainingNode(shapes, node, weights, operands, batch);
  const roundings = isGradientNode(node) && magnitude === undefined ? 1 : 2 * Math.sqrt(terms + 6);
  const sums = magnitude?.() ?? value.data.map(Math.abs);
  return { want: value, allowed: sums.map((sum) => 2 ** -126 + roundings * U * sum) };
}

function inputsOf(training: TrainingGraph, batch: number, ties: number | undefined) {
  const draw = (name: string, shape: Shape, salt: number, whole?: number) => {
    const words = philoxStream([0, 0, 0, 0], [salt, name.length], batch * sizeOf(shape));
    const value = (word: number) => (whole === undefined ? word / 2 ** 31 - 1 : word % (whole + 1));
    return { shape: [batch, ...shape], data: Float32Array.from(words, value) };
  };
  const [input] = training.network.inputs;
  const images: Record<string, ReturnType<typeof draw>> = { [input!.name]: draw(input!.name, input!.shape, 1, ties) };
  if (training.loss === undefined) {
    const name = `${training.scores}.gradient`;
    images[name] = draw(name, inferShapes(training.network).values.get(training.scores)!, 2);
  }
  const labels = Array.from({ length: batch }, (_, n) => (n * 7 + 1) % 3);
  return trainingInputs(training, { images, labels }, { seed: 3, step: 4 });
}
