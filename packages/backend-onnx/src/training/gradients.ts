import type { GradientNode, GradientNodeOf, GradientOpName, NodeOf, OpName, Shape } from '@alexnet/core';
import { averaging } from '../model/lower.ts';
import { channelBand } from '../model/lrn.ts';
import { lowerInputGradient, lowerWeightGradient } from './convolution.ts';
import type { Writer } from './writer.ts';

/** What the lowering of a gradient op may ask. */
export interface GradientContext {
  readonly write: Writer;
  shapeOf(value: string): Shape;
  shapeOfParameter(name: string): Shape;
  /** The forward node of an op that read a value. */
  readerOf<K extends OpName>(op: K, value: string): NodeOf<K>;
}

type Lowering<K extends GradientOpName> = (node: GradientNodeOf<K>, context: GradientContext) => void;

/** One lowering for each gradient op; each writes the nodes that compute its value, under its name. */
const lowerings: { readonly [K in GradientOpName]: Lowering<K> } = {
  conv2dInputGradient: (node, { shapeOf, shapeOfParameter, write }) =>
    lowerInputGradient(node, shapeOfParameter(node.weight), shapeOf(node.inputs[0]), write),
  conv2dWeightGradient: (node, { shapeOf, write }) =>
    lowerWeightGradient(node, shapeOf(node.inputs[0]), shapeOf(node.inputs[1]), write),

  linearInputGradient: ({ name, inputs: [dy], weight }, { write }) => void write.node('Gemm', name, [dy, weight]),
  linearWeightGradient: ({ name, inputs: [x, dy] }, { write }) => void write.node('Gemm', name, [dy, x], { transA: 1 }),
  channelSum: ({ name, inputs: [dy] }, context) => overChannels('ReduceSum', name, dy, dy, context),

  // y is not negative: its sign is 1 where the gradient passes, else 0
  reluGradient({ name, inputs: [y, dy] }, { write }) {
    write.node('Mul', name, [dy, write.node('Sign', `${name}:passes`, [y])]);
  },

  lrnGradient: lowerLrnGradient,

  maxPool2dGradient({ name, inputs: [x, dy] }, { readerOf, write }) {
    const { name: pool } = readerOf('maxPool2d', x);
    const whole = write.ints('flat:whole', [-1]);
    const shape = write.node('Shape', `${name}:shape`, [x]);
    const zeros = write.node('ConstantOfShape', `${name}:zeros`, [
      write.node('ReduceProd', `${name}:size`, [shape], { keepdims: 1 }),
    ]);
    const places = write.node('Reshape', `${name}:places`, [placesOfMaxima(pool), whole]);
    const gradient = write.node('Reshape', `${name}:gradient`, [dy, whole]);
    const sums = write.node('ScatterElements', `${name}:sums`, [zeros, places, gradient], {
      axis: 0,
      reduction: 'add',
    });
    write.node('Reshape', name, [sums, shape]);
  },

  adaptiveAvgPool2dGradient({ name, inputs: [dy], shape }, { shapeOf, write }) {
    const [, height, width] = shape as [number, number, number];
    const [, rows, cols] = shapeOf(dy) as [number, number, number];
    const down = averaging(`${name}:down`, rows, height, true);
    const across = averaging(`${name}:across`, cols, width, false);
    write.add({ nodes: [], constants: [down, across] });
    write.node('MatMul', name, [write.node('MatMul', `${name}:rows`, [down.name, dy]), across.name]);
  },

  pad2dGradient({ name, inputs: [dy], pads: { top, left } }, { shapeOf, write }) {
    const [, height, width] = shapeOf(name) as [number, number, number];
    const from = write.ints(`${name}:from`, [top, left]);
    const to = write.ints(`${name}:to`, [top + height, left + width]);
    write.node('Slice', name, [dy, from, to, write.ints('image:axes', [2, 3])]);
  },

  unflatten: ({ name, inputs: [dy], shape }, { write }) =>
    void write.node('Reshape', name, [dy, write.ints(`${name}:shape`, [0, ...shape])]), // 0: the batch, whatever it is

  softmaxGradient({ name, inputs: [y, dy] }, { write }) {
    const products = write.node('Mul', `${name}:products`, [y, dy]);
    const sum = write.node('ReduceSum', `${name}:sum`, [products, write.ints('features:axis', [1])], { keepdims: 1 });
    write.node('Mul', name, [y, write.node('Sub', `${name}:difference`, [dy, sum])]);
  },

  multiply: ({ name, inputs }, { write }) => void write.node('Mul', name, inputs),

  batchMean: ({ name, inputs: [x] }, context) => overChannels('ReduceMean', name, x, x, context),

  batchVariance({ name, inputs: [x, mean] }, context) {
    const { write } = context;
    const distance = write.node('Sub', distanceFrom(mean), [x, alongChannels(mean, x, `${mean}:along`, context)]);
    const squares = write.node('Mul', `${name}:squares`, [distance, distance]);
    overChannels('ReduceMean', name, squares, x, context);
  },

  batchNormalize: ({ name, inputs: [x, mean, variance], scale, bias, epsilon }, { write }) =>
    void write.node('BatchNormalization', name, [x, scale, bias, mean, variance], { epsilon: { float: epsilon } }),

  batchNormScaleGradient({ name, inputs: [x, mean, variance, dy], epsilon }, context) {
    const { write } = context;
    const products = write.node('Mul', `${name}:products`, [dy, distanceFrom(mean)]);
    overChannels('ReduceSum', `${name}:sum`, products, x, context);
    write.node('Div', name, [`${name}:sum`, deviation(variance, epsilon, name, write)]);
  },

  // dx = A dy - E - B (x - mean) with A = scale / deviation, B = A ds / (deviation M), E = A db / M
  batchNormInputGradient({ name, inputs: [x, mean, variance, dy, ds, db], scale, epsilon }, context) {
    const { write, shapeOf } = context;
    const [channels] = shapeOf(x);
    const along = (part: string) => alongChannels(part, x, `${part}:along`, context);
    const count = write.node('Mul', `${name}:count`, [
      batchSize(x, name, write),
      write.scalar(shapeOf(x).reduce((product, extent) => product * extent, 1) / channels!),
    ]);
    const spread = deviation(variance, epsilon, name, write);
    const a = write.node('Div', `${name}:a`, [scale, spread]);
    const perValue = write.node('Div', `${name}:a.per.value`, [a, count]);
    const b = write.node('Div', `${name}:b`, [write.node('Mul', `${name}:a.ds`, [perValue, ds]), spread]);
    const e = write.node('Mul', `${name}:e`, [perValue, db]);
    const own = write.node('Sub', `${name}:own`, [write.node('Mul', `${name}:a.dy`, [dy, along(a)]), along(e)]);
    write.node('Sub', name, [own, write.node('Mul', `${name}:b.x`, [distanceFrom(mean), along(b)])]);
  },

  batchNormFixedGradient({ name, inputs: [dy], scale, variance, epsilon }, context) {
    const { write } = context;
    const factor = write.node('Div', `${name}:factor`, [scale, deviation(variance, epsilon, name, write)]);
    write.node('Mul', name, [dy, alongChannels(factor, dy, `${name}:along`, context)]);
  },

  softmaxCrossEntropy({ name, inputs: [logits, labels], smoothing }, context) {
    const { write } = context;
    const logarithms = write.node('LogSoftmax', `${name}:logarithms`, [logits], { axis: 1 });
    const products = write.node('Mul', `${name}:products`, [
      logarithms,
      targets(name, logits, labels, smoothing, context),
    ]);
    const sum = write.node('ReduceSum', `${name}:sum`, [products, write.ints('features:axis', [1])], { keepdims: 0 });
    write.node('Neg', name, [sum]);
  },

  softmaxCrossEntropyGradient({ name, inputs: [logits, labels], smoothing }, context) {
    const { write } = context;
    const probabilities = write.node('Softmax', `${name}:probabilities`, [logits], { axis: 1 });
    const target = targets(name, logits, labels, smoothing, context);
    const difference = write.node('Sub', `${name}:difference`, [probabilities, target]);
    write.node('Div', name, [difference, batchSize(logits, name, write)]);
  },

  meanLoss({ name, inputs: [losses, ...penalties] }, { write }) {
    const mean = write.node('ReduceMean', `${name}:mean`, [losses], { keepdims: 0 });
    write.node('Sum', name, [mean, ...penalties]);
  },

  l2Penalty({ name, parameter, factor }, { write }) {
    write.node('Mul', name, [
      write.node('ReduceSumSquare', `${name}:sum`, [parameter], { keepdims: 0 }),
      write.scalar(factor),
    ]);
  },

  l2Gradient({ name, inputs: [g], parameter, factor }, { write }) {
    write.node('Add', name, [g, write.node('Mul', `${name}:part`, [parameter, write.scalar(2 * factor)])]);
  },
};

/** Lowers one gradient node. */
export function lowerGradient(node: GradientNode, context: GradientContext): void {
  (lowerings[node.op] as (node: GradientNode, context: GradientContext) => void)(node, context);
}

/** The second output of a MaxPool: where in its whole input each maximum is, the first of several. */
export function placesOfMaxima(pool: string): string {
  return `${pool}:places`;
}

/**
 * dx = dy / t^beta - 2 alpha beta / size * x * S(dy y / t), S the sum over the channels in whose windows a channel lies.
 * What the forward pass has made is read again: x and y as images of one axis, t, and its power.
 */
function lowerLrnGradient(
  { name, inputs: [x, dy], size, alpha, beta }: GradientNodeOf<'lrnGradient'>,
  { readerOf, shapeOf, write }: GradientContext,
): void {
  const { name: forward } = readerOf('lrn', x);
  const [channels, height, width] = shapeOf(x) as [number, number, number];
  const { blocks, windows, band } = channelBand(channels, {
    size,
    before: Math.ceil((size - 1) / 2), // a channel lies in the windows of as many before it as its own reaches after it
    weight: (2 * alpha * beta) / size,
  });
  const flat = write.ints(`${name}:flat`, [0, channels, height * width]);
  const gradient = write.node('Reshape', `${name}:gradient`, [dy, flat]);
  const shared = write.node('Div', `${name}:shared`, [
    write.node('Mul', `${name}:products`, [gradient, `${forward}.quotient`]),
    `${forward}.t`,
  ]);
  const gathered =
    windows === undefined
      ? shared
      : write.node('Gather', `${name}:windows`, [shared, write.ints(`${name}:channels`, windows)], { axis: 1 });
  const weights = write.floats(`${name}:band`, [channels, band.length / channels, 1], band);
  const sums = write.node('Conv', `${name}:sums`, [gathered, weights], { group: blocks });
  const own = write.node('Div', `${name}:own`, [gradient, powerName(forward, beta)]);
  const others = write.node('Mul', `${name}:others`, [`${forward}.x`, sums]);
  const difference = write.node('Sub', `${name}:difference`, [own, others]);
  write.node('Reshape', name, [difference, write.ints(`${name}:image`, [0, channels, height, width])]);
}

/** What the forward pass calls t^beta (model/lrn.ts). */
function powerName(forward: string, beta: number): string {
  const part = beta === 1 ? 't' : beta === 0.5 ? 'half' : beta === 0.25 ? 'quarter' : 'power';
  return `${forward}.${part}`;
}

/** x - mean, which the variance makes and the gradients read again. */
function distanceFrom(mean: string): string {
  return `${mean}:distance`;
}

/** Reduces a value of the shape of `like` to one number for each channel. */
function overChannels(
  op: 'ReduceSum' | 'ReduceMean',
  name: string,
  value: string,
  like: string,
  { shapeOf, write }: GradientContext,
): void {
  const axes =
    shapeOf(like).length === 1 ? write.ints('samples:axis', [0]) : write.ints('all-but-channels:axes', [0, 2, 3]);
  write.node(op, name, [value, axes], { keepdims: 0 });
}

/** Numbers for each channel, in the shape in which they go with a value like `like`. */
function alongChannels(vector: string, like: string, name: string, { shapeOf, write }: GradientContext): string {
  if (shapeOf(like).length === 1) return vector;
  return write.node('Reshape', name, [vector, write.ints('channels:along', [1, -1, 1, 1])]);
}

/** sqrt(variance + epsilon) */
function deviation(variance: string, epsilon: number, name: string, write: Writer): string {
  return write.node('Sqrt', `${name}:deviation`, [
    write.node('Add', `${name}:variance`, [variance, write.scalar(epsilon)]),
  ]);
}

/** N, as a float. */
export function batchSize(value: string, name: string, write: Writer): string {
  const size = write.node('Shape', `${name}:batch`, [value], { start: 0, end: 1 });
  return write.node('Cast', `${name}:batch.size`, [size], { to: 1 });
}

/** [N, classes]: the target for each class. */
function targets(
  name: string,
  logits: string,
  labels: string,
  smoothing: number,
  { shapeOf, write }: GradientContext,
): string {
  const [classes] = shapeOf(logits) as [number];
  const indices = write.node('Cast', `${name}:labels`, [labels], { to: 7 });
  const others = smoothing / classes;
  const values = write.floats(`${name}:values`, [2], Float32Array.of(others, 1 - smoothing + others));
  const depth = write.ints(`${name}:classes`, [classes]);
  return write.node('OneHot', `${name}:targets`, [indices, depth, values], { axis: 1 });
}
