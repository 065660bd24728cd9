import {
  buildGraph,
  caffeMultipliers,
  type Optimiser,
  philoxStream,
  referenceTrainer,
  seededWeights,
  type Trainer,
  type TrainerState,
  type TrainingGraphOptions,
  trainingGraph,
  trainingInputs,
  type Weights,
} from '@alexnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { tfjsProvider } from '../index.ts';
import { ALLOCATE, wasmModule } from '../testing/wasm-module.ts';

/* The trainer on the engines that run in Node: against the oracle's, and what the contract promises besides. */

const graph = buildGraph('small', { name: 'x', shape: [4, 12, 11] })
  .conv2d('conv1', 6, 3, { groups: 2, stride: [2, 1], pads: { left: 1, bottom: 1 } })
  .relu('relu1')
  .lrn('norm1', { size: 3, alpha: 0.5, beta: 0.75, bias: 1 })
  .maxPool2d('pool1', 3, { stride: 2, ceilMode: true })
  .conv2d('conv2', 5, 2, { pads: 1 })
  .batchNorm('bn2', 1e-3)
  .relu('relu2')
  .adaptiveAvgPool2d('avg', [2, 3])
  .flatten('flat')
  .dropout('drop', 0.3)
  .linear('fc7', 7)
  .batchNorm('bn7', 1e-3)
  .relu('relu7')
  .linear('fc8', 3)
  .softmax('prob')
  .build();
const training = trainingGraph(graph, { regularisation: { l2: 1e-3 } });
const weights = seededWeights(graph, 9);

/** Three classes, told apart by where the bright pixels are; batches of 4 and 7 samples. */
function batch(step: number, size = step % 3 === 2 ? 7 : 4) {
  const labels = Array.from({ length: size }, (_, n) => (n + step) % 3);
  const noise = philoxStream([0, 0, 0, step], [5, 6], size * 528);
  const data = Float32Array.from(noise, (word, i) => word / 2 ** 32 + (i % 3 === labels[Math.floor(i / 528)] ? 1 : 0));
  return trainingInputs(training, { images: { shape: [size, 4, 12, 11], data }, labels }, { seed: 1, step });
}

const momentum: Optimiser = { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 } };

const optimisers: readonly { why: string; optimiser: Optimiser; learningRate: number }[] = [
  {
    why: "SGD as Caffe's",
    optimiser: { ...momentum, multipliers: caffeMultipliers(graph) },
    learningRate: 0.02,
  },
  { why: 'plain SGD', optimiser: { rule: { kind: 'sgd', momentum: 0, weightDecay: 0 } }, learningRate: 0.05 },
  { why: 'SGD with clipped gradients', optimiser: { ...momentum, clipNorm: 0.5 }, learningRate: 0.05 },
  {
    why: 'SGD with a limit that no gradient reaches',
    optimiser: { ...momentum, clipNorm: 1e4 },
    learningRate: 0.02,
  },
  { why: 'RMSProp', optimiser: { rule: { kind: 'rmsprop', rho: 0.9, epsilon: 1e-3 } }, learningRate: 0.005 },
  { why: 'Adadelta', optimiser: { rule: { kind: 'adadelta', rho: 0.95, epsilon: 1e-4 } }, learningRate: 1 },
];

const memory = () => {
  const { numTensors, numBytes, numDataBuffers } = tf.memory();
  return { numTensors, numBytes, numDataBuffers };
};

describe.each(['cpu', 'wasm', 'node'] as const)('training on %s', (engine) => {
  const provider = tfjsProvider({ engine });
  let missing: string | undefined;
  beforeAll(async () => {
    const { available, detail } = await provider.probe();
    if (!available) missing = detail;
  });

  /** A trainer that ends with its backend. */
  async function start(optimiser: Optimiser, outputs: readonly string[] = []): Promise<Trainer> {
    const backend = await provider.create();
    const trainer = await backend.compileTraining!(training, weights, { optimiser, outputs });
    return {
      ...trainer,
      async [Symbol.asyncDispose]() {
        await trainer[Symbol.asyncDispose]();
        await backend[Symbol.asyncDispose]();
      },
    };
  }

  it.for(optimisers)('follows the oracle for 10 steps: $why', async ({ optimiser, learningRate }, { skip }) => {
    if (missing !== undefined) skip(missing);
    const oracle = await referenceTrainer(training, weights, { optimiser });
    await using trainer = await start(optimiser);
    for (let step = 0; step < 10; step++) {
      const [want, got] = await Promise.all([
        oracle.step(batch(step), { learningRate }),
        trainer.step(batch(step), { learningRate }),
      ]);
      expect(Math.abs(got.loss - want.loss), `loss of step ${step}`).toBeLessThan(BAND);
      expect(got.scores.shape).toEqual(want.scores.shape);
      expect(distance([...got.scores.data], [...want.scores.data]), `scores of step ${step}`).toBeLessThan(BAND);
    }
    const [want, got] = [await oracle.state(), await trainer.state()];
    expectNear(got.weights, want.weights);
    expectNear(got.slots, want.slots);
    const { x } = batch(11, 5);
    const [wanted, probabilities] = [await oracle.evaluate({ x: x! }), await trainer.evaluate({ x: x! })];
    expect(probabilities['prob']!.shape).toEqual([5, 3]);
    expect(distance([...probabilities['prob']!.data], [...wanted['prob']!.data])).toBeLessThan(BAND);
  });

  it('goes on from a state with the same bits', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const run = async (trainer: Trainer, from: number, to: number) => {
      for (let step = from; step < to; step++) await trainer.step(batch(step), { learningRate: 0.02 });
      return trainer.state();
    };
    for (const { optimiser } of [optimisers[0]!, optimisers[5]!]) {
      await using whole = await start(optimiser);
      const halfway = await run(whole, 0, 4);
      const want = await run(whole, 4, 8);
      await using resumed = await start(optimiser);
      await resumed.load(halfway);
      expect(await resumed.state()).toEqual(halfway);
      expect(await run(resumed, 4, 8)).toEqual(want);
      // slots that are missing start at 0
      await whole.load({ weights });
      expect(await run(whole, 0, 4)).toEqual(halfway);
    }
  });

  it('gives values of the batch, with and without a batch dimension, and updates nothing', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const outputs = ['relu1', 'flat', 'conv1.weight.gradient', 'fc7.weight.gradient', 'bn2.batch.variance', 'loss'];
    await using trainer = await start(momentum, outputs);
    const before = await trainer.state();
    const values = await trainer.values(batch(2));
    expect(Object.fromEntries(outputs.map((name) => [name, values[name]!.shape]))).toEqual({
      relu1: [7, 6, 6, 10],
      flat: [7, 30],
      'conv1.weight.gradient': [6, 2, 3, 3],
      'fc7.weight.gradient': [7, 30],
      'bn2.batch.variance': [5],
      loss: [],
    });
    const oracle = await referenceTrainer(training, weights, { optimiser: momentum, outputs });
    const want = await oracle.values(batch(2));
    for (const name of outputs) {
      expect(distance([...values[name]!.data], [...want[name]!.data]), `value ${name}`).toBeLessThan(BAND);
    }
    expect(await trainer.state()).toEqual(before);
  });

  it('leaves no tensor behind, over 50 steps and after its end', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    await using backend = await provider.create();
    const before = memory();
    const trainer = await backend.compileTraining!(training, weights, {
      optimiser: { ...momentum, clipNorm: 1 },
      outputs: ['conv2'],
    });
    const held = memory();
    for (let step = 0; step < 50; step++) {
      const inputs = batch(step, 2);
      await trainer.step(inputs, { learningRate: 0.001 });
      if (step % 10 === 0) {
        await trainer.evaluate({ x: inputs['x']! });
        await trainer.values(inputs);
        await trainer.load(await trainer.state());
        await expect(trainer.step({}, { learningRate: 1 })).rejects.toMatchObject({ code: 'invalid-input' });
        await expect(trainer.load({ weights: new Map() })).rejects.toMatchObject({ code: 'invalid-weights' });
      }
      expect(memory()).toEqual(held);
    }
    const { hostBytes, deviceBytes } = trainer.memory();
    expect(hostBytes + deviceBytes).toBe(held.numBytes - before.numBytes);
    await trainer[Symbol.asyncDispose]();
    await trainer[Symbol.asyncDispose]();
    expect(memory()).toEqual(before);
    await expect(trainer.step(batch(0), { learningRate: 1 })).rejects.toMatchObject({ code: 'disposed' });
  });

  it('changes nothing when a step breaks off in the engine', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    await using trainer = await start(momentum);
    await trainer.step(batch(0), { learningRate: 0.01 });
    const before = await trainer.state();
    const held = memory();
    const backend = { cpu: 'cpu', wasm: 'wasm', node: 'tensorflow' }[engine];
    for (const kernelName of ['MaxPool', 'Sum', 'Sqrt']) {
      const kernel = tf.getKernel(kernelName, backend);
      tf.unregisterKernel(kernelName, backend);
      await expect(trainer.step(batch(1), { learningRate: 0.01 })).rejects.toMatchObject({ code: 'backend-failure' });
      tf.registerKernel(kernel);
      expect(memory()).toEqual(held);
    }
    expect(await trainer.state()).toEqual(before);
    await trainer.step(batch(1), { learningRate: 0.01 });
  });

  it('takes turns: steps that overlap run in the order of the calls', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    await using a = await start(momentum);
    await using b = await start(momentum);
    const together = await Promise.all([0, 1, 2].map((step) => a.step(batch(step), { learningRate: 0.02 })));
    const apart = [];
    for (const step of [0, 1, 2]) apart.push(await b.step(batch(step), { learningRate: 0.02 }));
    expect(together).toEqual(apart);
  });

  it('that is aborted before it begins', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    await using backend = await provider.create();
    const signal = AbortSignal.abort();
    const memoryBefore = memory();
    await expect(backend.compileTraining!(training, weights, { optimiser: momentum, signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(memory()).toEqual(memoryBefore);
    await using trainer = await start(momentum);
    const before = await trainer.state();
    await expect(trainer.step(batch(0), { learningRate: 1, signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(await trainer.state()).toEqual(before);
  });

  it.for([
    { why: 'a slot of another shape', code: 'invalid-weights', slot: [3] },
    { why: 'a slot that holds too little', code: 'invalid-weights', slot: [3, 7] },
  ])('refuses $why and changes nothing', async ({ code, slot }, { skip }) => {
    if (missing !== undefined) skip(missing);
    await using trainer = await start(momentum);
    const before: TrainerState = await trainer.state();
    const slots: Weights = new Map([['fc8.weight.velocity', { shape: slot, data: new Float32Array(3) }]]);
    await expect(trainer.load({ weights, slots })).rejects.toMatchObject({ code });
    expect(await trainer.state()).toEqual(before);
  });

  it.for<{ op: string; lacking: readonly string[]; options?: TrainingGraphOptions }>([
    { op: 'conv2dInputGradient', lacking: ['Conv2DBackpropInput', 'Reverse'] },
    { op: 'conv2dWeightGradient', lacking: ['Conv2DBackpropFilter'] },
    { op: 'maxPool2dGradient', lacking: ['MaxPoolGrad', 'StridedSlice'] },
  ])('names the op and the kernel that an engine lacks: $op', async ({ op, lacking }, { skip }) => {
    if (missing !== undefined) skip(missing);
    await using running = await provider.create();
    expect(running.capabilities.training).toBe(true);
    const backend = { cpu: 'cpu', wasm: 'wasm', node: 'tensorflow' }[engine];
    const kernels = lacking.flatMap((name) => tf.getKernel(name, backend) ?? []);
    for (const { kernelName } of kernels) tf.unregisterKernel(kernelName, backend);
    try {
      await using without = await provider.create();
      if (without.capabilities.training === true) return; // written without it
      await expect(without.compileTraining!(training, weights, { optimiser: momentum })).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringMatching(new RegExp(`(${lacking.join('|')}).*${op}`)) as string,
      });
      const last = trainingGraph(graph, { trainable: ['fc8.weight'] }); // what it needs is there
      await using trainer = await without.compileTraining!(last, weights, { optimiser: momentum });
      await trainer.step(batch(0), { learningRate: 0.01 });
    } finally {
      for (const kernel of kernels) tf.registerKernel(kernel);
    }
  });
});

/** How far values of order 1 may be from the oracle's after 10 steps in float32; measured at most a third of it. */
const BAND = 1e-4;

function expectNear(got: Weights, want: Weights): void {
  expect([...got.keys()].toSorted()).toEqual([...want.keys()].toSorted());
  for (const [name, { shape, data }] of want) {
    expect(got.get(name)!.shape).toEqual(shape);
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    expect(distance([...got.get(name)!.data], [...data]) / largest, `tensor ${name}`).toBeLessThan(BAND);
  }
}

function distance(got: readonly number[], want: readonly number[]): number {
  expect(got).toHaveLength(want.length);
  return want.reduce((worst, value, i) => Math.max(worst, Math.abs(value - got[i]!)), 0);
}

it('on WebAssembly, a step without room for an operand that XNNPACK packs changes nothing', async () => {
  const network = buildGraph('narrow', { name: 'x', shape: [13] })
    .linear('fc', 5)
    .softmax('prob')
    .build();
  const narrow = trainingGraph(network);
  await using backend = await tfjsProvider({ engine: 'wasm' }).create();
  await using trainer = await backend.compileTraining!(narrow, seededWeights(network, 1), { optimiser: momentum });
  const images = { shape: [7, 13], data: Float32Array.from({ length: 91 }, (_, i) => Math.sin(i)) };
  const inputs = trainingInputs(narrow, { images, labels: [0, 1, 2, 3, 4, 0, 1] }, { seed: 1, step: 0 });
  const before = await trainer.state();
  const wasm = wasmModule();
  const { [ALLOCATE]: allocate } = wasm;
  let ofImages = 0; // as they come, transposed, and packed: twice, forward and back
  wasm[ALLOCATE] = (bytes) => {
    if (bytes === 4 * 91 && ++ofImages === 4) throw new Error('out of memory');
    return allocate(bytes);
  };
  await expect(trainer.step(inputs, { learningRate: 0.1 })).rejects.toMatchObject({ code: 'out-of-memory' });
  wasm[ALLOCATE] = allocate;
  expect(await trainer.state()).toEqual(before);
  expect((await trainer.step(inputs, { learningRate: 0.1 })).loss).toBeGreaterThan(0);
});
