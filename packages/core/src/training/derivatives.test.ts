import { expect, it } from 'vitest';
import { gradientOpNames } from '../gradients/index.ts';
import { buildGraph, type GraphBuilder } from '../graph/builder.ts';
import type { Graph } from '../graph/graph.ts';
import { inferShapes } from '../graph/infer.ts';
import { type Shape, sizeOf } from '../tensor.ts';
import { philoxStream } from '../weights/philox.ts';
import { seededWeights } from '../weights/seeded.ts';
import { evaluateTraining, type FloatWeights } from './evaluate.ts';
import { trainingInputs } from './inputs.ts';
import { type TrainingGraph, type TrainingGraphOptions, trainingGraph } from './training-graph.ts';

/*
 * Every gradient of the float64 oracle against the central difference of its loss, (L(w + h) - L(w - h)) / 2h: the error of that is of the
 * order h^2 and of rounding / h, both about 1e-10 for h = 1e-5 here.
 */

const TOLERANCE = 2e-8;

interface Row {
  readonly why: string;
  readonly graph: Graph;
  readonly batch?: number;
  readonly options?: TrainingGraphOptions;
}

const given: TrainingGraphOptions = { loss: { kind: 'given' }, inputGradients: true };

const layers = (input: Shape, build: (layers: GraphBuilder) => GraphBuilder): Graph =>
  build(buildGraph('small', { name: 'x', shape: input })).build();

const rows: readonly Row[] = [
  { why: 'a convolution', graph: layers([2, 5, 4], (l) => l.conv2d('y', 3, [3, 2])), options: given },
  {
    why: 'a convolution with groups, stride and four different pads, whose last windows leave a rest',
    graph: layers([4, 8, 7], (l) =>
      l.conv2d('y', 6, [3, 2], { groups: 2, stride: [2, 3], pads: { top: 1, left: 0, bottom: 2, right: 1 } }),
    ),
    options: given,
  },
  {
    why: 'padding as wide as the window, so that some windows see padding alone',
    graph: layers([1, 4, 3], (l) => l.conv2d('y', 2, 2, { pads: 2 })),
    options: given,
  },
  {
    why: 'a stride larger than the window: pixels that nothing reads',
    graph: layers([1, 7, 8], (l) => l.conv2d('y', 2, 2, { stride: 3 })),
    options: given,
  },
  { why: 'a linear layer', graph: layers([5], (l) => l.linear('y', 3)), options: given },
  { why: 'ReLU', graph: layers([2, 3, 4], (l) => l.relu('y')), options: given },
  {
    why: 'LRN, a window of 5 and few channels',
    graph: layers([4, 3, 2], (l) => l.lrn('y', { size: 5, alpha: 0.7, beta: 0.75, bias: 2 })),
    options: given,
  },
  {
    why: 'LRN with an even window, which reaches further after than before',
    graph: layers([5, 2, 3], (l) => l.lrn('y', { size: 2, alpha: 0.9, beta: 0.5, bias: 1 })),
    options: given,
  },
  {
    why: 'max pooling, overlapping windows, ceil mode, pads',
    graph: layers([2, 6, 7], (l) => l.maxPool2d('y', 3, { stride: 2, pads: { top: 1, right: 1 }, ceilMode: true })),
    options: given,
  },
  {
    why: 'average pooling to windows of unequal size',
    graph: layers([2, 5, 7], (l) => l.adaptiveAvgPool2d('y', [3, 4])),
    options: given,
  },
  { why: 'padding', graph: layers([2, 3, 4], (l) => l.pad2d('y', { top: 1, left: 2, right: 3 })), options: given },
  { why: 'flatten', graph: layers([2, 3, 4], (l) => l.flatten('y')), options: given },
  { why: 'softmax', graph: layers([5], (l) => l.softmax('y')), options: given },
  { why: 'dropout', graph: layers([2, 3, 4], (l) => l.dropout('y', 0.4)), options: given },
  { why: 'batch norm of images', graph: layers([2, 3, 4], (l) => l.batchNorm('y', 1e-3)), batch: 3, options: given },
  { why: 'batch norm of features', graph: layers([5], (l) => l.batchNorm('y', 1e-3)), batch: 4, options: given },
  {
    why: 'frozen batch norm',
    graph: layers([2, 3, 4], (l) => l.batchNorm('y', 1e-3)),
    options: { ...given, trainable: [] },
  },
  {
    why: 'batch norm with a trained bias alone',
    graph: layers([2, 3, 4], (l) => l.batchNorm('y', 1e-3)),
    options: { ...given, trainable: ['y.bias'] },
  },
  {
    why: 'cross-entropy of logits, with smoothing',
    graph: layers([5], (l) => l.linear('fc', 4).softmax('prob')),
    batch: 3,
    options: { loss: { kind: 'softmax-cross-entropy', smoothing: 0.1 }, inputGradients: true },
  },
  {
    why: 'an L2 penalty on weights, not on biases',
    graph: layers([5], (l) => l.linear('fc', 4).softmax('prob')),
    options: { regularisation: { l2: 0.3 } },
  },
  {
    why: 'the branch that the output depends on, of a value with two readers',
    graph: branching(),
    options: { inputGradients: true },
  },
  {
    why: 'a network of all layers, the first of them frozen',
    graph: everyLayer(),
    batch: 4,
    options: { trainable: ['conv2.weight', 'conv2.bias', 'bn2.scale', 'bn2.bias', 'fc7.weight', 'fc8.bias'] },
  },
  { why: 'a network of all layers', graph: everyLayer(), batch: 3, options: { inputGradients: true } },
];

const withInputGradients = rows.filter(({ options }) => options?.inputGradients === true);

const ofParameters = rows.flatMap((row) =>
  trainingGraph(row.graph, row.options).gradients.map((gradient) => ({ why: row.why, row, ...gradient })),
);

it.each(ofParameters)('$parameter of $why has the central difference of the loss', ({ row, parameter, value }) => {
  const { training, weights, inputs, values } = prepare(row);
  const { data } = weights.get(parameter)!;
  const gradient = values.get(value)!.data;
  expect(gradient).toHaveLength(data.length);
  const distance = farthest(gradient, (i, h) => {
    const kept = data[i]!;
    data[i] = kept + h;
    const loss = lossOf(training, weights, inputs);
    data[i] = kept;
    return loss;
  });
  expect(distance).toBeLessThan(TOLERANCE);
});

it.each(withInputGradients)('the input of $why has the central difference of the loss', (row) => {
  const { training, weights, inputs, values } = prepare(row);
  const { name } = row.graph.inputs[0]!;
  const { shape, data } = inputs[name]!;
  const exact = Float64Array.from(data);
  const distance = farthest(values.get(`${name}.gradient`)!.data, (i, h) => {
    const moved = exact.slice();
    moved[i]! += h;
    return lossOf(training, weights, { ...inputs, [name]: { shape, data: moved as unknown as Float32Array } });
  });
  expect(distance).toBeLessThan(TOLERANCE);
});

it('covers every gradient op', () => {
  const seen = new Set(rows.flatMap(({ graph, options }) => trainingGraph(graph, options).nodes.map(({ op }) => op)));
  expect(gradientOpNames.filter((op) => !seen.has(op))).toEqual([]);
});

function prepare({ graph, batch = 2, options }: Row) {
  const training = trainingGraph(graph, options);
  const weights: FloatWeights = new Map(
    [...seededWeights(graph, 5)].map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]),
  );
  const inputs = inputsOf(training, batch);
  return { training, weights, inputs, values: evaluateTraining(training, weights, inputs) };
}

/** The largest difference between a gradient and the central difference of a loss, over a sample of large ones, all of small ones. */
function farthest(gradient: Float64Array, moved: (index: number, h: number) => number): number {
  const h = 1e-5;
  const step = Math.max(1, Math.floor(gradient.length / 24));
  let worst = 0;
  for (let i = 0; i < gradient.length; i += step) {
    const difference = (moved(i, h) - moved(i, -h)) / (2 * h);
    worst = Math.max(worst, Math.abs(difference - gradient[i]!));
  }
  return worst;
}

/** The loss; where the output's gradient is given, the sum of its products with the output, whose gradient that is. */
function lossOf(training: TrainingGraph, weights: FloatWeights, inputs: ReturnType<typeof inputsOf>): number {
  const values = evaluateTraining(training, weights, inputs);
  if (training.loss !== undefined) return values.get(training.loss)!.data[0]!;
  const dy = inputs[`${training.scores}.gradient`]!.data;
  return values.get(training.scores)!.data.reduce((sum, y, i) => sum + y * dy[i]!, 0);
}

function inputsOf(training: TrainingGraph, batch: number) {
  const draw = (name: string, shape: Shape, salt: number) => {
    const words = philoxStream([0, 0, 0, 0], [salt, name.length], batch * sizeOf(shape));
    return { shape: [batch, ...shape], data: Float32Array.from(words, (word) => word / 2 ** 31 - 1) };
  };
  const [input] = training.network.inputs;
  const images: Record<string, ReturnType<typeof draw>> = { [input!.name]: draw(input!.name, input!.shape, 1) };
  if (training.loss === undefined) {
    const name = `${training.scores}.gradient`;
    images[name] = draw(name, inferShapes(training.network).values.get(training.scores)!, 2);
  }
  const labels = Array.from({ length: batch }, (_, n) => (n * 7 + 1) % 3);
  return trainingInputs(training, { images, labels }, { seed: 3, step: 4 });
}

function branching(): Graph {
  const trunk = layers([3, 4, 5], (l) => l.conv2d('conv', 4, 2).relu('relu').flatten('flat').linear('fc', 3));
  return {
    ...trunk,
    nodes: [
      ...trunk.nodes,
      {
        op: 'maxPool2d',
        name: 'aside',
        inputs: ['relu'],
        kernel: [2, 2],
        stride: [1, 1],
        pads: { top: 0, left: 0, bottom: 0, right: 0 },
        ceilMode: false,
      },
    ],
  };
}

function everyLayer(): Graph {
  return layers([3, 12, 11], (l) =>
    l
      .conv2d('conv1', 4, 3, { stride: [2, 1], pads: { left: 1, bottom: 1 } })
      .relu('relu1')
      .lrn('norm1', { size: 3, alpha: 0.5, beta: 0.75, bias: 1 })
      .maxPool2d('pool1', 3, { stride: 2, ceilMode: true })
      .pad2d('pad2', 1)
      .conv2d('conv2', 6, [2, 3], { groups: 2 })
      .batchNorm('bn2', 1e-3)
      .relu('relu2')
      .adaptiveAvgPool2d('avg', [2, 3])
      .flatten('flat')
      .linear('fc7', 7)
      .relu('relu7')
      .dropout('drop7', 0.3)
      .linear('fc8', 5)
      .softmax('prob'),
  );
}
