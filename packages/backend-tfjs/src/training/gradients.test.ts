import {
  buildGraph,
  evaluateTraining,
  evaluateTrainingNode,
  type Graph,
  type GraphBuilder,
  gradientOpNames,
  inferShapes,
  inferTrainingShapes,
  philoxStream,
  type Shape,
  seededWeights,
  sizeOf,
  type Tensor,
  type TrainingGraphOptions,
  trainingGraph,
  trainingInputs,
} from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { tfjsProvider } from '../index.ts';

/*
 * Every gradient op on the engines that run in Node, against the float64 oracle. Each value is judged with what the engine itself computed
 * before it as the operands, within the worst case of so many float32 roundings: (K+1)u / (1 - (K+1)u) of the sum of absolute values.
 */

interface Row {
  readonly why: string;
  readonly graph: Graph;
  readonly options?: TrainingGraphOptions;
  /** How inputs are drawn. Default: between -1 and 1. */
  readonly draw?: (word: number) => number;
}

const given: TrainingGraphOptions = { loss: { kind: 'given' }, inputGradients: true };

const layers = (input: Shape, build: (layers: GraphBuilder) => GraphBuilder): Graph =>
  build(buildGraph('small', { name: 'x', shape: input })).build();

/** Few different numbers, so that most windows have several maxima. */
const ties = (word: number) => (word % 3) - 1;

const rows: readonly Row[] = [
  { why: 'a convolution', graph: layers([2, 5, 4], (l) => l.conv2d('y', 3, [3, 2])) },
  {
    why: 'a convolution with groups, strides and four different pads, whose last windows leave a rest',
    graph: layers([4, 9, 8], (l) =>
      l.conv2d('y', 6, [3, 2], { groups: 2, stride: [2, 3], pads: { top: 1, left: 0, bottom: 2, right: 1 } }),
    ),
  },
  {
    why: 'as many groups as channels',
    graph: layers([3, 6, 5], (l) => l.conv2d('y', 6, 3, { groups: 3, pads: 1 })),
  },
  {
    why: 'one channel in and out, which TensorFlow has a kernel of its own for',
    graph: layers([1, 6, 5], (l) => l.conv2d('y', 1, [3, 2], { stride: [1, 2] })),
  },
  {
    why: 'one channel in and out of each group',
    graph: layers([3, 5, 7], (l) => l.conv2d('y', 3, 2, { groups: 3, pads: 1 })),
  },
  {
    why: 'padding as wide as the window, so that some windows see padding alone',
    graph: layers([1, 4, 3], (l) => l.conv2d('y', 2, 2, { pads: 2 })),
  },
  {
    why: 'a stride larger than the window: pixels that nothing reads',
    graph: layers([1, 7, 9], (l) => l.conv2d('y', 2, 2, { stride: 3 })),
  },
  { why: 'a window of the size of the image', graph: layers([3, 5, 4], (l) => l.conv2d('y', 7, [5, 4])) },
  { why: 'a convolution without bias', graph: withoutBias(layers([3, 5, 4], (l) => l.conv2d('y', 2, 1))) },
  { why: 'a linear layer', graph: layers([7], (l) => l.linear('y', 3)) },
  { why: 'a linear layer of a flattened image', graph: layers([2, 3, 5], (l) => l.flatten('flat').linear('y', 4)) },
  { why: 'ReLU, zeros among its values', graph: layers([2, 3, 4], (l) => l.relu('y')), draw: ties },
  {
    why: 'LRN, a window of 5 and few channels',
    graph: layers([4, 3, 2], (l) => l.lrn('y', { size: 5, alpha: 0.7, beta: 0.75, bias: 2 })),
  },
  {
    why: 'LRN, more channels than its window',
    graph: layers([9, 2, 3], (l) => l.lrn('y', { size: 3, alpha: 0.9, beta: 0.6, bias: 1 })),
  },
  {
    why: 'LRN with an even window, which reaches further after than before',
    graph: layers([7, 2, 3], (l) => l.lrn('y', { size: 4, alpha: 0.9, beta: 0.5, bias: 1 })),
  },
  {
    why: 'LRN with a power of 1',
    graph: layers([3, 2, 4], (l) => l.lrn('y', { size: 2, alpha: 1, beta: 1, bias: 1 })),
  },
  {
    why: 'max pooling, windows that do not overlap',
    graph: layers([3, 6, 4], (l) => l.maxPool2d('y', 2, { stride: 2 })),
  },
  {
    why: 'max pooling, overlapping windows, ties',
    graph: layers([2, 9, 7], (l) => l.maxPool2d('y', 3, { stride: 2 })),
    draw: ties,
  },
  {
    why: 'max pooling of equal numbers: the first of each window',
    graph: layers([2, 5, 7], (l) => l.maxPool2d('y', [3, 2], { stride: [1, 2] })),
    draw: () => -2,
  },
  {
    why: 'max pooling, a rest that no window reaches, ties',
    graph: layers([2, 8, 10], (l) => l.maxPool2d('y', 3, { stride: [2, 3] })),
    draw: ties,
  },
  {
    why: "max pooling, rounded up as TensorFlow's SAME does, ties",
    graph: layers([2, 8, 6], (l) => l.maxPool2d('y', 3, { stride: 2, ceilMode: true })),
    draw: ties,
  },
  {
    why: "max pooling, TensorFlow's SAME on both sides, ties",
    graph: layers([2, 5, 6], (l) => l.maxPool2d('y', 3, { stride: 1, pads: 1 })),
    draw: ties,
  },
  {
    why: 'max pooling, ceil mode, uneven pads, ties',
    graph: layers([2, 6, 7], (l) => l.maxPool2d('y', 3, { stride: 2, pads: { top: 1, right: 1 }, ceilMode: true })),
    draw: ties,
  },
  {
    why: 'max pooling, more padding at the end than the windows reach, ties',
    graph: layers([2, 7, 5], (l) => l.maxPool2d('y', [3, 4], { stride: 3, pads: { left: 2, bottom: 2, right: 1 } })),
    draw: ties,
  },
  {
    why: 'max pooling, a stride larger than the window',
    graph: layers([2, 8, 7], (l) => l.maxPool2d('y', 2, { stride: [4, 3], ceilMode: true })),
    draw: ties,
  },
  {
    why: 'average pooling to windows of unequal size',
    graph: layers([2, 5, 7], (l) => l.adaptiveAvgPool2d('y', [3, 4])),
  },
  { why: 'average pooling to equal windows', graph: layers([2, 6, 8], (l) => l.adaptiveAvgPool2d('y', [3, 2])) },
  { why: 'average pooling that changes nothing', graph: layers([3, 2, 4], (l) => l.adaptiveAvgPool2d('y', [2, 4])) },
  { why: 'padding', graph: layers([2, 3, 4], (l) => l.pad2d('y', { top: 1, left: 2, right: 3 })) },
  { why: 'flatten', graph: layers([2, 3, 4], (l) => l.flatten('y')) },
  { why: 'flatten of what is flat', graph: layers([7], (l) => l.flatten('y')) },
  { why: 'softmax', graph: layers([5], (l) => l.softmax('y')) },
  { why: 'softmax of a flattened image', graph: layers([2, 3, 4], (l) => l.flatten('flat').softmax('y')) },
  { why: 'dropout of images', graph: layers([2, 3, 4], (l) => l.dropout('y', 0.4)) },
  { why: 'dropout of a flattened image', graph: layers([2, 3, 4], (l) => l.flatten('flat').dropout('y', 0.4)) },
  { why: 'batch norm of images', graph: layers([2, 3, 4], (l) => l.batchNorm('y', 1e-3)) },
  { why: 'batch norm of a flattened image', graph: layers([2, 3, 2], (l) => l.flatten('flat').batchNorm('y', 1e-2)) },
  {
    why: 'frozen batch norm',
    graph: layers([2, 3, 4], (l) => l.batchNorm('y', 1e-3)),
    options: { ...given, trainable: [] },
  },
  {
    why: 'cross-entropy of logits, with smoothing and an L2 penalty',
    graph: layers([5], (l) => l.linear('fc', 4).softmax('prob')),
    options: {
      loss: { kind: 'softmax-cross-entropy', smoothing: 0.1 },
      regularisation: { l2: 0.3 },
      inputGradients: true,
    },
  },
];

it('covers every gradient op', () => {
  const seen = new Set(
    rows.flatMap(({ graph, options = given }) => trainingGraph(graph, options).nodes.map((n) => n.op)),
  );
  expect(gradientOpNames.filter((op) => !seen.has(op))).toEqual([]);
});

describe.each(['cpu', 'wasm', 'node'] as const)('gradients on %s', (engine) => {
  it.for(rows)('of $why', async ({ graph, options = given, draw }, { skip }) => {
    const provider = tfjsProvider({ engine });
    const { available, detail } = await provider.probe();
    if (!available) skip(detail);
    await using backend = await provider.create();
    const training = trainingGraph(graph, options);
    const weights = seededWeights(graph, 5);
    const outputs = training.nodes.map(({ name }) => name);
    const optimiser = { rule: { kind: 'sgd', momentum: 0, weightDecay: 0 } } as const;
    await using trainer = await backend.compileTraining!(training, weights, { optimiser, outputs });
    for (const batch of [1, 3]) {
      const inputs = inputsOf(training, batch, draw);
      const got = await trainer.values(inputs);
      const want = evaluateTraining(training, weights, inputs);
      const shapes = inferTrainingShapes(training);
      for (const node of training.nodes) {
        const operands = node.inputs.map((name) => Float64Array.from((got[name] ?? inputs[name]!).data));
        const { value, terms = 2, magnitude } = evaluateTrainingNode(shapes, node, weights, operands, batch);
        const { shape, data } = got[node.name]!;
        expect([node.name, shape]).toEqual([node.name, want.get(node.name)!.shape]);
        const sums = magnitude?.() ?? value.data.map(Math.abs);
        const budget = (ROUNDINGS[node.op] ?? 1) * (terms + 1) * 2 ** -24;
        for (const [i, y] of value.data.entries()) {
          const allowed = exact.has(node.op) ? 0 : budget * sums[i]! + 2 ** -126;
          expect(Math.abs(data[i]! - y), `${node.name}[${i}]: ${data[i]}, not ${y}`).toBeLessThanOrEqual(allowed);
        }
      }
    }
  });
});

/** Ops that move values or pass them on. Where windows of max pooling overlap, they add up, too. */
const exact: ReadonlySet<string> = new Set([
  'reluGradient',
  'unflatten',
  'pad2dGradient',
  'flatten',
  'relu',
  'maxPool2d',
]);

/** How many roundings there are for each term, where it is more than one: of functions, and of divisors that are rounded themselves. */
const ROUNDINGS: Readonly<Record<string, number>> = {
  lrn: 8,
  lrnGradient: 8,
  softmax: 16,
  softmaxGradient: 4,
  softmaxCrossEntropy: 4,
  softmaxCrossEntropyGradient: 8,
  batchNorm: 8,
  batchNormalize: 8,
  batchNormFixedGradient: 8,
  batchNormScaleGradient: 4,
  batchNormInputGradient: 8,
};

function withoutBias(graph: Graph): Graph {
  const nodes = graph.nodes.map((node) => {
    if (node.op !== 'conv2d') return node;
    const { bias: _, ...rest } = node;
    return rest;
  });
  return { ...graph, nodes, parameters: graph.parameters.filter(({ name }) => !name.endsWith('.bias')) };
}

function inputsOf(
  training: ReturnType<typeof trainingGraph>,
  batch: number,
  of: (word: number) => number = (word) => word / 2 ** 31 - 1,
) {
  const draw = (salt: number, shape: Shape, each: (word: number) => number): Tensor => {
    const words = philoxStream([0, 0, 0, 0], [salt, batch], batch * sizeOf(shape));
    return { shape: [batch, ...shape], data: Float32Array.from(words, each) };
  };
  const [input] = training.network.inputs;
  const images: Record<string, Tensor> = { [input!.name]: draw(1, input!.shape, of) };
  if (training.loss === undefined) {
    const shape = inferShapes(training.network).values.get(training.scores)!;
    images[`${training.scores}.gradient`] = draw(2, shape, (word) => word / 2 ** 31 - 1);
  }
  const labels = Array.from({ length: batch }, (_, n) => (n * 7 + 1) % 3);
  return trainingInputs(training, { images, labels }, { seed: 3, step: 4 });
}
