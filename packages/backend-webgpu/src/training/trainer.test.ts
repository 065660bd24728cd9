import {
  type Backend,
  buildGraph,
  caffeMultipliers,
  evaluate,
  type Optimiser,
  referenceTrainer,
  seededWeights,
  type Trainer,
  trainingGraph,
} from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackend } from '../backend.ts';
import { gpu as testGpu } from '../testing/gpu.ts';
import { distance, graph, inputsOf, sgd, train, training, weights } from '../testing/small-training.ts';
import { type Watched, watch } from '../testing/watched-gpu.ts';

/** Ten steps of float32 against float64, relative to the largest value of each tensor. Measured on SwiftShader: 3e-6 at most. */
const BAND = 2e-5;

const rules: readonly { why: string; optimiser: Optimiser; learningRate: number }[] = [
  { why: 'momentum and weight decay', optimiser: sgd, learningRate: 0.05 },
  {
    why: "plain descent, Caffe's multipliers",
    optimiser: { rule: { kind: 'sgd', momentum: 0, weightDecay: 1e-3 }, multipliers: caffeMultipliers(graph) },
    learningRate: 0.1,
  },
  { why: 'clipped gradients', optimiser: { ...sgd, clipNorm: 0.5 }, learningRate: 0.05 },
  {
    why: 'RMSProp',
    optimiser: { rule: { kind: 'rmsprop', rho: 0.9, epsilon: 1e-7 } },
    learningRate: 0.003,
  },
  {
    why: 'Adadelta',
    optimiser: { rule: { kind: 'adadelta', rho: 0.95, epsilon: 1e-6 } },
    learningRate: 1,
  },
];

describe.skipIf(testGpu === undefined)('a trainer', () => {
  let watched: Watched;
  let backend: Backend;
  beforeAll(async () => {
    watched = watch(testGpu!, { guards: true });
    // weights of linear layers in several buffers
    backend = await createBackend({
      id: 'webgpu',
      gpu: watched.gpu,
      engine: 'Dawn',
      limits: 'default',
      maxBindingBytes: 4096,
    });
  });
  afterAll(() => backend?.[Symbol.asyncDispose]());
  const compile = (optimiser: Optimiser = sgd, outputs: readonly string[] = []) =>
    backend.compileTraining!(training, weights, { optimiser, outputs });

  it.each(rules)(
    'goes the way of the oracle for ten steps of two batch sizes: $why',
    async ({ optimiser, learningRate }) => {
      await using trainer = await compile(optimiser);
      await using oracle = await referenceTrainer(training, weights, { optimiser });
      const [got, want] = [await train(trainer, learningRate, 0, 10), await train(oracle, learningRate, 0, 10)];
      for (const [i, { loss, scores }] of want.entries()) {
        expect(Math.abs(got[i]!.loss - loss)).toBeLessThan(BAND * Math.max(1, loss));
        expect(got[i]!.scores.shape).toEqual(scores.shape);
        expect(Math.max(...scores.data.map((s, j) => Math.abs(s - got[i]!.scores.data[j]!)))).toBeLessThan(BAND);
      }
      const [state, exact] = [await trainer.state(), await oracle.state()];
      expect([...state.slots.keys()]).toEqual([...exact.slots.keys()]);
      expect(distance(state.weights, exact.weights)).toBeLessThan(BAND);
      expect(distance(state.slots, exact.slots)).toBeLessThan(BAND);
    },
  );

  it.each(rules)('goes on from a state to the bit: $why', async ({ optimiser, learningRate }) => {
    await using whole = await compile(optimiser);
    await train(whole, learningRate, 0, 3);
    const state = await whole.state();
    await using resumed = await compile(optimiser);
    await train(resumed, learningRate, 5, 6); // what load must write over
    await resumed.load(state);
    expect(await train(resumed, learningRate, 3, 6)).toEqual(await train(whole, learningRate, 3, 6));
    expect(await resumed.state()).toEqual(await whole.state());
  });

  it('evaluates with the weights and the moving statistics as they are', async () => {
    await using trainer = await compile();
    await train(trainer, 0.05, 0, 3);
    const { x } = inputsOf(4);
    const want = evaluate(graph, await trainer.weights(), { x: x! }).get('prob')!;
    const { prob } = await trainer.evaluate({ x: x! });
    expect(prob?.shape).toEqual([6, 5]);
    expect(Math.max(...want.data.map((value, i) => Math.abs(value - prob!.data[i]!)))).toBeLessThan(1e-5);
  });

  it('gives values without changing anything', async () => {
    await using trainer = await compile(sgd, ['fc3.weight.gradient', 'bn2.batch.mean', 'loss', 'conv1', 'loss']);
    const before = await trainer.state();
    const values = await trainer.values(inputsOf(1));
    expect(Object.fromEntries(Object.entries(values).map(([name, { shape }]) => [name, shape]))).toEqual({
      'fc3.weight.gradient': [10, 192],
      'bn2.batch.mean': [24],
      loss: [],
      conv1: [3, 8, 6, 5],
    });
    expect(await trainer.state()).toEqual(before);
    expect((await trainer.step(inputsOf(1), { learningRate: 0 })).loss).toBe(values['loss']!.data[0]);
  });

  it('does overlapping steps in the order of the calls', async () => {
    await using a = await compile();
    await using b = await compile();
    const overlapping = await Promise.all([0, 1, 2].map((step) => a.step(inputsOf(step), { learningRate: 0.05 })));
    expect(overlapping).toEqual(await train(b, 0.05, 0, 3));
  });

  it('trains what is not frozen, and moves statistics of batch norm that it trains', async () => {
    const some = trainingGraph(graph, { trainable: ['fc4.weight', 'bn2.bias'] });
    await using trainer = await backend.compileTraining!(some, weights, { optimiser: sgd });
    await trainer.step(inputsOf(0), { learningRate: 0.1 });
    const now = await trainer.weights();
    const changed = [...weights].filter(([name, { data }]) =>
      data.some((value, i) => value !== now.get(name)!.data[i]),
    );
    expect(changed.map(([name]) => name).toSorted()).toEqual(['bn2.bias', 'bn2.mean', 'bn2.variance', 'fc4.weight']);
    expect([...(await trainer.state()).slots.keys()].toSorted()).toEqual(['bn2.bias.velocity', 'fc4.weight.velocity']);
  });

  const wrong: readonly { why: string; code: string; run(trainer: Trainer): Promise<unknown> }[] = [
    {
      why: 'a label that is no class',
      code: 'invalid-input',
      run: (trainer) =>
        trainer.step({ ...inputsOf(1), labels: { shape: [3], data: Float32Array.of(0, 5, 1) } }, { learningRate: 1 }),
    },
    {
      why: 'no mask',
      code: 'invalid-input',
      run: (trainer) =>
        trainer.step({ ...inputsOf(1), 'drop.mask': { shape: [1], data: new Float32Array(1) } }, { learningRate: 1 }),
    },
    {
      why: 'weights that are missing',
      code: 'invalid-weights',
      run: (trainer) => trainer.load({ weights: new Map() }),
    },
    {
      why: 'a slot of another size',
      code: 'invalid-weights',
      run: (trainer) =>
        trainer.load({ weights, slots: new Map([['fc4.bias.velocity', { shape: [4], data: new Float32Array(4) }]]) }),
    },
    {
      why: 'a signal that has fired',
      code: 'aborted',
      run: (trainer) => trainer.step(inputsOf(1), { learningRate: 1, signal: AbortSignal.abort() }),
    },
    {
      why: 'a signal that fires while it waits',
      code: 'aborted',
      async run(trainer) {
        const controller = new AbortController();
        const before = trainer.evaluate({ x: inputsOf(1)['x']! });
        const waiting = trainer.step(inputsOf(1), { learningRate: 1, signal: controller.signal });
        controller.abort();
        await before;
        return waiting;
      },
    },
  ];

  it.each(wrong)('refuses $why, and changes nothing', async ({ code, run }) => {
    await using trainer = await compile();
    const before = await trainer.state();
    await expect(run(trainer)).rejects.toMatchObject({ code });
    expect(await trainer.state()).toEqual(before);
  });

  it.each([
    {
      why: 'weights that are missing',
      code: 'invalid-weights',
      make: () => backend.compileTraining!(training, new Map(), { optimiser: sgd }),
    },
    { why: 'an output that is none', code: 'unknown-name', make: () => compile(sgd, ['nothing']) },
    {
      why: 'a momentum out of range',
      code: 'invalid-input',
      make: () => compile({ rule: { kind: 'sgd', momentum: 1, weightDecay: 0 } }),
    },
    {
      why: 'a signal that has fired',
      code: 'aborted',
      make: () => backend.compileTraining!(training, weights, { optimiser: sgd, signal: AbortSignal.abort() }),
    },
  ])('is not made of $why', async ({ code, make }) => {
    const before = watched.buffers();
    await expect(make()).rejects.toMatchObject({ code });
    expect(watched.buffers()).toBe(before);
  });

  it('leaves no buffer behind, whatever ran', async () => {
    const pooled = 8; // readback buffers wait for the next
    const before = watched.buffers();
    const held = backend.testing!.memory!().deviceBytes;
    const trainer = await compile(sgd, ['conv2.weight.gradient']);
    expect(trainer.memory().deviceBytes).toBeGreaterThan(0);
    await train(trainer, 0.01, 0, 3);
    await trainer.values(inputsOf(0));
    await trainer.evaluate({ x: inputsOf(0)['x']! });
    const ran = watched.buffers();
    await train(trainer, 0.01, 3, 8);
    await trainer.state();
    expect(watched.buffers()).toBe(ran);
    await trainer[Symbol.asyncDispose]();
    await trainer[Symbol.asyncDispose]();
    expect(trainer.memory()).toEqual({ hostBytes: 0, deviceBytes: 0 });
    expect(watched.buffers()).toBeLessThanOrEqual(before + pooled);
    expect(backend.testing!.memory!().deviceBytes).toBeLessThanOrEqual(held + pooled * 2 ** 16);
    await expect(trainer.step(inputsOf(0), { learningRate: 1 })).rejects.toMatchObject({ code: 'disposed' });
    await expect(trainer.weights()).rejects.toMatchObject({ code: 'disposed' });
  });

  it('refuses a batch that the device cannot bind, and goes on', async () => {
    const wide = buildGraph('wide', { name: 'x', shape: [4, 512, 512] })
      .adaptiveAvgPool2d('avg', 1)
      .flatten('flat')
      .linear('fc', 3)
      .softmax('prob')
      .build();
    const graphOfWide = trainingGraph(wide);
    await using trainer = await backend.compileTraining!(graphOfWide, seededWeights(wide, 1), { optimiser: sgd });
    const batch = (n: number) => ({
      x: { shape: [n, 4, 512, 512], data: new Float32Array(n * 2 ** 20) },
      labels: { shape: [n], data: new Float32Array(n) },
    });
    const before = watched.buffers();
    await expect(trainer.step(batch(33), { learningRate: 1 })).rejects.toMatchObject({ code: 'out-of-memory' });
    expect(watched.buffers()).toBe(before);
  });

  it('makes NaN of all gradients of a sample with a score that is NaN', async () => {
    const tiny = buildGraph('tiny', { name: 'x', shape: [5] })
      .linear('fc', 70)
      .build();
    const ofTiny = trainingGraph(tiny);
    const given = new Map(seededWeights(tiny, 1));
    given.set('fc.bias', {
      shape: [70],
      data: Float32Array.from({ length: 70 }, (_, i) => (i === 66 ? Number.NaN : i)),
    });
    const outputs = ['fc.bias.gradient'];
    await using trainer = await backend.compileTraining!(ofTiny, given, { optimiser: sgd, outputs });
    const one = { x: { shape: [1, 5], data: new Float32Array(5) }, labels: { shape: [1], data: new Float32Array(1) } };
    const { 'fc.bias.gradient': gradient } = await trainer.values(one);
    expect([...gradient!.data]).toEqual(Array(70).fill(Number.NaN));
  });

  it('goes on with no mixture of two states', async () => {
    const own = watch(testGpu!);
    await using other = await createBackend({ id: 'webgpu', gpu: own.gpu, engine: 'Dawn', limits: 'default' });
    await using trainer = await other.compileTraining!(training, weights, { optimiser: sgd });
    const before = await trainer.state();
    const { queue } = own.devices[0]!;
    const { writeBuffer } = queue;
    let calls = 0;
    queue.writeBuffer = function (this: GPUQueue, ...given: Parameters<GPUQueue['writeBuffer']>) {
      if (++calls === 2) throw new RangeError('Array buffer allocation failed');
      return writeBuffer.apply(this, given);
    };
    await expect(trainer.load(before)).rejects.toThrow('Array buffer allocation failed');
    queue.writeBuffer = writeBuffer;
    const mixture = { code: 'backend-failure', message: expect.stringContaining('Load a state again.') };
    await expect(trainer.step(inputsOf(0), { learningRate: 0.1 })).rejects.toMatchObject(mixture);
    await expect(trainer.weights()).rejects.toMatchObject(mixture);
    await trainer.load(before);
    expect(await trainer.state()).toEqual(before);
  });

  it('says when the device is lost, and the next one works', async () => {
    const own = watch(testGpu!);
    await using other = await createBackend({ id: 'webgpu', gpu: own.gpu, engine: 'Dawn', limits: 'default' });
    const tiny = buildGraph('tiny', { name: 'x', shape: [5] })
      .linear('fc', 3)
      .build();
    const tinyTraining = trainingGraph(tiny);
    const step = { x: { shape: [1, 5], data: new Float32Array(5) }, labels: { shape: [1], data: new Float32Array(1) } };
    const make = () => other.compileTraining!(tinyTraining, seededWeights(tiny, 1), { optimiser: sgd });
    const trainer = await make();
    const running = trainer.step(step, { learningRate: 0.1 });
    own.devices[0]!.destroy();
    await expect(running).rejects.toMatchObject({ code: 'device-lost' });
    await expect(trainer.state()).rejects.toMatchObject({ code: 'device-lost' });
    await using again = await make();
    expect((await again.step(step, { learningRate: 0.1 })).scores.shape).toEqual([1, 3]);
    await trainer[Symbol.asyncDispose]();
  });
});
