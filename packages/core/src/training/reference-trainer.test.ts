import { describe, expect, it } from 'vitest';
import { buildGraph } from '../graph/builder.ts';
import { evaluate } from '../oracle/evaluate.ts';
import { referenceProvider } from '../oracle/reference-backend.ts';
import { seededWeights } from '../weights/seeded.ts';
import { evaluateTraining } from './evaluate.ts';
import { trainingInputs } from './inputs.ts';
import type { UpdateRule } from './optimiser.ts';
import type { Trainer, TrainerState } from './trainer.ts';
import { trainingGraph } from './training-graph.ts';

const graph = buildGraph('small', { name: 'x', shape: [2, 6, 5] })
  .conv2d('conv', 3, 2)
  .batchNorm('bn', 1e-3)
  .relu('relu')
  .maxPool2d('pool', 2, { stride: 2 })
  .flatten('flat')
  .dropout('drop', 0.25)
  .linear('fc', 4)
  .softmax('prob')
  .build();
const training = trainingGraph(graph);
const weights = seededWeights(graph, 9);

/** Four classes, told apart by where the bright pixels are. */
function batch(step: number) {
  const labels = [0, 1, 2, 3, (step + 1) % 4];
  const data = new Float32Array(labels.length * 60);
  for (const [n, label] of labels.entries()) {
    for (let i = 0; i < 60; i++) data[n * 60 + i] = (i % 4 === label ? 1 : 0) + ((i * 7 + n + step) % 5) / 10;
  }
  return trainingInputs(training, { images: { shape: [labels.length, 2, 6, 5], data }, labels }, { seed: 1, step });
}

const rules: readonly { rule: UpdateRule; learningRate: number }[] = [
  { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 }, learningRate: 0.05 },
  { rule: { kind: 'sgd', momentum: 0, weightDecay: 0 }, learningRate: 0.1 },
  { rule: { kind: 'rmsprop', rho: 0.9, epsilon: 1e-7 }, learningRate: 0.01 },
  { rule: { kind: 'adadelta', rho: 0.95, epsilon: 1e-6 }, learningRate: 1 },
];

async function trainer(rule: UpdateRule, clipNorm?: number): Promise<Trainer> {
  const backend = await referenceProvider().create();
  const optimiser = clipNorm === undefined ? { rule } : { rule, clipNorm };
  return (await backend.compileTraining?.(training, weights, { optimiser }))!;
}

async function train(subject: Trainer, learningRate: number, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = from; step < to; step++) losses.push((await subject.step(batch(step), { learningRate })).loss);
  return losses;
}

it('lets a step that waits be cancelled at once, and does not take it', async () => {
  const [{ rule, learningRate }] = rules as [(typeof rules)[number]];
  const [subject, other] = [await trainer(rule), await trainer(rule)];
  const stop = new AbortController();
  const first = subject.step(batch(0), { learningRate });
  const waiting = subject.step(batch(1), { learningRate, signal: stop.signal });
  stop.abort();
  await first;
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  await other.step(batch(0), { learningRate });
  expect(await subject.weights()).toEqual(await other.weights());
});

describe.each(rules)('$rule.kind with $rule', ({ rule, learningRate }) => {
  it('learns', async () => {
    const losses = await train(await trainer(rule), learningRate, 0, 25);
    const mean = (part: number[]) => part.reduce((sum, loss) => sum + loss / part.length, 0);
    expect(mean(losses.slice(-5))).toBeLessThan(0.8 * mean(losses.slice(0, 5)));
  });

  it('goes on from a state as if it had not stopped, within the float32 rounding of the state', async () => {
    const whole = await trainer(rule);
    await train(whole, learningRate, 0, 3);
    const state = await whole.state();
    const resumed = await trainer(rule);
    await resumed.load(state);
    const [a, b] = [await train(whole, learningRate, 3, 6), await train(resumed, learningRate, 3, 6)];
    for (const [i, loss] of a.entries()) expect(loss).toBeCloseTo(b[i]!, 4);
  });
});

it('evaluates what inference computes with its weights', async () => {
  const subject = await trainer(rules[0]!.rule);
  await train(subject, 0.05, 0, 4);
  const { x } = batch(9);
  const expected = evaluate(graph, await subject.weights(), { x: x! }).get('prob')!;
  const { prob } = await subject.evaluate({ x: x! });
  expect(prob?.shape).toEqual([5, 4]);
  expect([...prob!.data]).toEqual([...Float32Array.from(expected.data)]);
});

it('moves the statistics of batch norm towards those of the batch, the variance unbiased', async () => {
  const subject = await trainer(rules[0]!.rule);
  await subject.step(batch(0), { learningRate: 0 });
  const after = (await subject.weights()).get('bn.variance')!.data;
  const before = weights.get('bn.variance')!.data;
  const probe = await (await referenceProvider().create()).compileTraining!(training, weights, {
    optimiser: { rule: rules[0]!.rule },
    outputs: ['bn.batch.variance'],
  });
  const now = (await probe.values(batch(0)))['bn.batch.variance']!;
  expect(now.shape).toEqual([3]);
  const count = 5 * 5 * 4;
  for (let c = 0; c < 3; c++) {
    expect(after[c]).toBeCloseTo(0.9 * before[c]! + (0.1 * now.data[c]! * count) / (count - 1), 6);
  }
});

it('clips all gradients together', async () => {
  const free = await trainer({ kind: 'sgd', momentum: 0, weightDecay: 0 });
  const clipped = await trainer({ kind: 'sgd', momentum: 0, weightDecay: 0 }, 0.01);
  const moved = async (subject: Trainer) => {
    await subject.step(batch(0), { learningRate: 1 });
    const now = await subject.weights();
    return Math.hypot(
      ...training.gradients.flatMap(({ parameter }) =>
        [...now.get(parameter)!.data].map((value, i) => value - weights.get(parameter)!.data[i]!),
      ),
    );
  };
  expect(await moved(free)).toBeGreaterThan(0.1);
  expect(await moved(clipped)).toBeCloseTo(0.01, 5);
});

it('runs steps that overlap in the order of the calls', async () => {
  const [a, b] = [await trainer(rules[0]!.rule), await trainer(rules[0]!.rule)];
  const overlapping = await Promise.all([0, 1, 2].map((step) => a.step(batch(step), { learningRate: 0.05 })));
  expect(overlapping.map(({ loss }) => loss)).toEqual(await train(b, 0.05, 0, 3));
});

const wrong: readonly { why: string; code: string; run(subject: Trainer): Promise<unknown> }[] = [
  {
    why: 'a label that is no class',
    code: 'invalid-input',
    run: (subject) =>
      subject.step({ ...batch(0), labels: { shape: [5], data: Float32Array.of(0, 1, 4, 0, 0) } }, { learningRate: 1 }),
  },
  {
    why: 'a learning rate that float32 cannot hold',
    code: 'invalid-input',
    run: (subject) => subject.step(batch(0), { learningRate: 1e39 }),
  },
  {
    why: 'no mask',
    code: 'invalid-input',
    run: (subject) => subject.step({ x: batch(0)['x']!, labels: batch(0)['labels']! }, { learningRate: 1 }),
  },
  { why: 'weights that do not fit', code: 'invalid-weights', run: (subject) => subject.load({ weights: new Map() }) },
  {
    why: 'a signal that has fired',
    code: 'aborted',
    run: (subject) => subject.step(batch(0), { learningRate: 1, signal: AbortSignal.abort() }),
  },
  {
    why: 'a trainer that is gone',
    code: 'disposed',
    run: async (subject) => {
      await subject[Symbol.asyncDispose]();
      return subject.step(batch(0), { learningRate: 1 });
    },
  },
];

it.each(wrong)('refuses $why and changes nothing', async ({ code, run }) => {
  const subject = await trainer(rules[0]!.rule);
  const before: TrainerState = await subject.state();
  await expect(run(subject)).rejects.toMatchObject({ code });
  if (code === 'disposed') return;
  expect(await subject.state()).toEqual(before);
  await expect(subject.step(batch(0), { learningRate: 0.1 })).resolves.toMatchObject({ loss: expect.any(Number) });
});

it('adds the L2 penalty to the gradients of a loss of the caller', () => {
  const network = buildGraph('linear', { name: 'x', shape: [2] })
    .linear('y', 1)
    .build();
  const own = seededWeights(network, 3);
  const inputs = {
    x: { shape: [1, 2], data: Float32Array.of(3, 5) },
    'y.gradient': { shape: [1, 1], data: Float32Array.of(2) },
  };
  const subject = trainingGraph(network, { loss: { kind: 'given' }, regularisation: { l2: 0.25 } });
  const { value } = subject.gradients.find(({ parameter }) => parameter === 'y.weight')!;
  const values = evaluateTraining(subject, own, inputs);
  const { data } = own.get('y.weight')!;
  expect([...values.get(value)!.data]).toEqual([6 + 0.5 * data[0]!, 10 + 0.5 * data[1]!]);
});

it('does not train two batch norms that share a moving statistic', () => {
  const network = buildGraph('two', { name: 'x', shape: [3] })
    .batchNorm('a', 1e-3)
    .batchNorm('b', 1e-3)
    .build();
  const shared = {
    ...network,
    parameters: network.parameters.filter(({ name }) => name !== 'b.mean'),
    nodes: network.nodes.map((node) =>
      node.name === 'b' ? { ...node, mean: 'a.mean' } : node,
    ) as typeof network.nodes,
  };
  const given = { loss: { kind: 'given' } } as const;
  expect(() => trainingGraph(shared, given)).toThrow('Two batch norms move the statistic a.mean');
  expect(() => trainingGraph(shared, { ...given, trainable: ['a.scale'] })).not.toThrow();
});
