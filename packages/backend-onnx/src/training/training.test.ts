import {
  type Backend,
  buildGraph,
  evaluateTraining,
  evaluateTrainingNode,
  type Graph,
  type GraphBuilder,
  inferTrainingShapes,
  philoxStream,
  referenceTrainer,
  type Shape,
  seededWeights,
  sizeOf,
  type TrainingGraph,
  type TrainingInputs,
  trainingGraph,
  trainingInputs,
  type UpdateRule,
} from '@alexnet/core';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxNodeProvider } from '../providers/node.ts';
import { onnxWebProvider } from '../providers/web.ts';

const backends = await Promise.all([onnxNodeProvider().create(), onnxWebProvider().create({ threads: 1 })]);
afterAll(() => Promise.all(backends.map((backend) => backend[Symbol.asyncDispose]())));

const layers = (input: Shape, build: (layers: GraphBuilder) => GraphBuilder): Graph =>
  build(buildGraph('small', { name: 'x', shape: input })).build();

/** Shapes for which this backend writes other operators; the suite of gradients is the conformance package's. */
const rows: readonly { why: string; graph: Graph; batch?: number }[] = [
  {
    why: 'few channels: the weight gradient as a convolution',
    graph: layers([3, 9, 8], (l) => l.conv2d('y', 4, [3, 2], { pads: 1 })),
  },
  {
    why: 'few channels, stride and groups, whose last windows leave a rest',
    graph: layers([4, 9, 11], (l) =>
      l.conv2d('y', 6, [2, 3], { groups: 2, stride: [2, 3], pads: { top: 1, right: 2 } }),
    ),
  },
  {
    why: 'many channels: the weight gradient by places, the input gradient as a convolution, four different pads',
    graph: layers([18, 5, 6], (l) => l.conv2d('y', 20, [3, 4], { pads: { top: 1, left: 2, bottom: 0, right: 3 } })),
  },
  {
    why: 'many channels in groups, with a stride that leaves a rest',
    graph: layers([34, 8, 7], (l) => l.conv2d('y', 6, [3, 2], { groups: 2, stride: [2, 3], pads: { bottom: 1 } })),
  },
  { why: 'padding wider than the window', graph: layers([17, 4, 3], (l) => l.conv2d('y', 3, 2, { pads: 2 })) },
  {
    why: 'LRN in one block, an even window',
    graph: layers([6, 4, 3], (l) => l.lrn('y', { size: 4, alpha: 0.9, beta: 0.6, bias: 1 })),
  },
  {
    why: 'LRN in several blocks',
    graph: layers([32, 2, 3], (l) => l.lrn('y', { size: 5, alpha: 0.5, beta: 0.75, bias: 2 })),
  },
  ...[1, 0.5, 0.25].map((beta) => ({
    why: `LRN with beta ${beta}`,
    graph: layers([7, 2, 3], (l) => l.lrn('y', { size: 3, alpha: 0.5, beta, bias: 2 })),
  })),
  {
    why: 'max pooling in ceil mode',
    graph: layers([3, 8, 7], (l) => l.maxPool2d('y', 3, { stride: 2, ceilMode: true })),
  },
  { why: 'average pooling, unequal windows', graph: layers([2, 5, 7], (l) => l.adaptiveAvgPool2d('y', [3, 4])) },
  { why: 'batch norm', graph: layers([3, 4, 5], (l) => l.batchNorm('y', 1e-3)), batch: 4 },
  { why: 'batch norm of features', graph: layers([5], (l) => l.batchNorm('y', 1e-3)), batch: 6 },
];

describe.each(backends.map((backend) => ({ id: backend.id, backend })))('$id', ({ backend }) => {
  it.each(rows)('differentiates $why', async ({ graph, batch = 3 }) => {
    const training = trainingGraph(graph, { loss: { kind: 'given' }, inputGradients: true });
    const weights = seededWeights(graph, 4);
    const inputs = inputsOf(training, batch);
    const outputs = training.nodes.map(({ name }) => name).filter((name) => name !== 'y');
    await using trainer = await compile(backend, training, weights, outputs);
    const got = await trainer.values(inputs);
    const expected = evaluateTraining(training, weights, inputs);
    const shapes = inferTrainingShapes(training);
    const wrong: string[] = [];
    for (const node of training.nodes) {
      if (!outputs.includes(node.name)) continue;
      const operands = node.inputs.map((name) => expected.get(name)!.data);
      const { value, terms = 1, magnitude } = evaluateTrainingNode(shapes, node, weights, operands, batch);
      expect([node.name, got[node.name]!.shape]).toEqual([node.name, value.shape]);
      const sizes = magnitude?.() ?? value.data.map(Math.abs);
      const allowed = sizes.map((size) => 2 ** -22 * (Math.sqrt(terms) + 8) * size + 1e-12);
      if (!(farthest(got[node.name]!.data, value.data, allowed) <= 1)) wrong.push(node.name);
    }
    expect(wrong).toEqual([]);
  });

  const rules: readonly { rule: UpdateRule; learningRate: number; clipNorm?: number; l2?: number }[] = [
    { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 }, learningRate: 0.05 },
    { rule: { kind: 'sgd', momentum: 0, weightDecay: 0 }, learningRate: 0.1, clipNorm: 0.05, l2: 0.01 },
    { rule: { kind: 'rmsprop', rho: 0.9, epsilon: 1e-5 }, learningRate: 0.005 },
    { rule: { kind: 'adadelta', rho: 0.95, epsilon: 1e-6 }, learningRate: 1 },
  ];

  it.each(rules)('trains with $rule.kind as the oracle does', async ({ rule, learningRate, clipNorm, l2 = 0 }) => {
    const training = trainingGraph(network, { regularisation: { l2 } });
    const optimiser = {
      rule,
      ...(clipNorm === undefined ? {} : { clipNorm }),
      multipliers: { 'fc.bias': { learningRate: 2, weightDecay: 0 } },
    };
    await using trainer = await backend.compileTraining!(training, networkWeights, { optimiser });
    const oracle = await referenceTrainer(training, networkWeights, { optimiser });
    for (let step = 0; step < 8; step++) {
      const inputs = batchOf(training, step, step === 5 ? 3 : 5);
      const [got, want] = [await trainer.step(inputs, { learningRate }), await oracle.step(inputs, { learningRate })];
      expect(Math.abs(got.loss - want.loss)).toBeLessThan(2e-5);
      expect(got.scores.shape).toEqual(want.scores.shape);
    }
    const [got, want] = [await trainer.state(), await oracle.state()];
    const wrong: string[] = [];
    for (const part of ['weights', 'slots'] as const) {
      expect([...got[part].keys()]).toEqual([...want[part].keys()]);
      for (const [name, { data }] of want[part]) {
        const allowed = data.map(() => 1e-4);
        if (!(farthest(got[part].get(name)!.data, data, allowed) <= 1)) wrong.push(name);
      }
    }
    expect(wrong).toEqual([]);
    const { x } = batchOf(training, 20, 2);
    const [mine, theirs] = [await trainer.evaluate({ x: x! }), await oracle.evaluate({ x: x! })];
    for (const [i, value] of theirs['prob']!.data.entries()) expect(mine['prob']!.data[i]).toBeCloseTo(value, 4);
  });

  it('goes on from a state bitwise as if it had not stopped', async () => {
    const training = trainingGraph(network);
    const options = { optimiser: { rule: rules[0]!.rule } };
    await using whole = await backend.compileTraining!(training, networkWeights, options);
    await using resumed = await backend.compileTraining!(training, networkWeights, options);
    for (let step = 0; step < 3; step++) await whole.step(batchOf(training, step, 5), { learningRate: 0.05 });
    await resumed.load(await whole.state());
    for (let step = 3; step < 6; step++) {
      const inputs = batchOf(training, step, 5);
      expect(await whole.step(inputs, { learningRate: 0.05 })).toEqual(
        await resumed.step(inputs, { learningRate: 0.05 }),
      );
    }
    expect(await whole.state()).toEqual(await resumed.state());
  });

  it('leaves a state alone that it gave away', async () => {
    const training = trainingGraph(network);
    await using trainer = await backend.compileTraining!(training, networkWeights, {
      optimiser: { rule: rules[0]!.rule },
    });
    const before = await trainer.state();
    const copy = before.weights.get('fc.weight')!.data.slice();
    await trainer.step(batchOf(training, 0, 5), { learningRate: 0.05 });
    await trainer.step(batchOf(training, 1, 5), { learningRate: 0.05 });
    expect(before.weights.get('fc.weight')!.data).toEqual(copy);
    expect((await trainer.state()).weights.get('fc.weight')!.data).not.toEqual(copy);
  });

  it('is gone after dispose', async () => {
    const training = trainingGraph(network);
    const trainer = await backend.compileTraining!(training, networkWeights, { optimiser: { rule: rules[0]!.rule } });
    await trainer[Symbol.asyncDispose]();
    await trainer[Symbol.asyncDispose]();
    await expect(trainer.step(batchOf(training, 0, 5), { learningRate: 0.05 })).rejects.toMatchObject({
      code: 'disposed',
    });
    expect(trainer.memory().hostBytes).toBe(0);
  });
});

const network = layers([4, 13, 11], (l) =>
  l
    .conv2d('conv1', 8, 3, { stride: 2, pads: { left: 1, bottom: 1 } })
    .relu('relu1')
    .lrn('norm1', { size: 5, alpha: 0.5, beta: 0.75, bias: 1 })
    .maxPool2d('pool1', 3, { stride: 2, ceilMode: true })
    .conv2d('conv2', 6, [2, 3], { groups: 2, pads: 1 })
    .batchNorm('bn2', 1e-3)
    .relu('relu2')
    .flatten('flat')
    .dropout('drop', 0.25)
    .linear('fc', 4)
    .softmax('prob'),
);
const networkWeights = seededWeights(network, 2);

function compile(
  backend: Backend,
  training: TrainingGraph,
  weights: Parameters<typeof evaluateTraining>[1],
  outputs: string[],
) {
  const optimiser = { rule: { kind: 'sgd', momentum: 0, weightDecay: 0 } } as const;
  return backend.compileTraining!(training, weights as ReturnType<typeof seededWeights>, { optimiser, outputs });
}

function draw(shape: Shape, salt: number) {
  const words = philoxStream([0, 0, 0, 0], [salt, 77], sizeOf(shape));
  return { shape, data: Float32Array.from(words, (word) => word / 2 ** 31 - 1) };
}

function inputsOf(training: TrainingGraph, batch: number): TrainingInputs {
  const shapes = inferTrainingShapes(training);
  return Object.fromEntries(
    training.inputs.map(({ name }, i) => [name, draw([batch, ...shapes.values.get(name)!], i + 1)]),
  );
}

function batchOf(training: TrainingGraph, step: number, size: number): TrainingInputs {
  const labels = Array.from({ length: size }, (_, n) => (n + step) % 4);
  return trainingInputs(training, { images: draw([size, 4, 13, 11], step + 10), labels }, { seed: 1, step });
}

/** The largest difference, as a part of what is allowed. */
function farthest(got: Float32Array, want: ArrayLike<number>, allowed: ArrayLike<number>): number {
  return got.reduce((worst, value, i) => Math.max(worst, Math.abs(value - want[i]!) / allowed[i]!), 0);
}
