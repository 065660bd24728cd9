import { buildGraph, referenceTrainer, trainingGraph } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { latestCheckpoint } from '../checkpoint/keep.ts';
import { memoryStore } from '../checkpoint/memory-store.ts';
import { initialWeights } from '../initialise/initial-weights.ts';
import { of, run } from '../testing/run.ts';
import { momentum, options, source } from '../testing/small-training.ts';
import type { DataSource } from './data-source.ts';
import { measure } from './measure.ts';

/** Labels that the training set contradicts: the more is learnt, the worse. */
const contrary: DataSource = {
  ...source({ size: 7 }),
  async *batches(asked) {
    for await (const batch of source({ size: 7 }).batches(asked)) {
      yield { ...batch, labels: Array.from(batch.labels, (label) => (label + 1) % 3) };
    }
  },
};

describe('a training', () => {
  it('learns, and says how it goes', async () => {
    let time = 0;
    const given = await options({ epochs: 8, schedule: { kind: 'constant', rate: 0.05 }, now: () => (time += 250) });
    const { events, result } = await run(given);
    const steps = of(events, 'step');
    expect(steps.map(({ epoch, done, batches }) => [epoch, done, batches]).slice(0, 4)).toEqual([
      [0, 1, 3],
      [0, 2, 3],
      [0, 3, 3],
      [1, 1, 3],
    ]);
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(steps[1]).toMatchObject({ learningRate: 0.05, imagesPerSecond: 16, secondsLeft: 22 * 0.25 });
    expect(of(events, 'measuring').slice(0, 2)).toMatchObject([
      { epoch: 0, done: 4, total: 7 },
      { epoch: 0, done: 7, total: 7 },
    ]);
    const { history, curve } = result!.progress;
    expect(history).toHaveLength(8);
    expect(curve.points).toEqual(steps.map(({ loss }) => loss));
    expect(history[7]!.training.loss).toBeLessThan(0.5 * history[0]!.training.loss);
    expect(history[7]!.validation!.top1).toBe(1);
    // the mean over ten images of batches of 4, 4 and 2
    const [a, b, c] = steps.map(({ loss }) => loss);
    expect(history[0]!.training.loss).toBeCloseTo((4 * a! + 4 * b! + 2 * c!) / 10, 12);
    expect(history[0]!.training.accuracy).toBe(steps[2]!.accuracy);
  });

  it('keeps the weights of the best epoch', async () => {
    const given = await options({ epochs: 5, schedule: { kind: 'constant', rate: 0.05 }, validation: contrary });
    const { events, result } = await run(given);
    const losses = of(events, 'epoch').map(({ record }) => record.validation!.loss);
    const { best, progress, weights } = result!;
    expect(best!.value).toBe(Math.min(...losses));
    expect(best!.epoch).toBe(losses.indexOf(best!.value));
    expect(best!.epoch).toBeLessThan(4); // else this shows nothing
    expect(best!.weights).not.toEqual(weights);
    expect(progress.stalled).toBe(4 - best!.epoch);
    await given.trainer.load({ weights: best!.weights });
    const measured = measure({
      data: given.validation!,
      batchSize: 4,
      predict: async (x) => (await given.trainer.evaluate({ x }))['prob']!,
    });
    let next = await measured.next();
    while (next.done !== true) next = await measured.next();
    expect(next.value.loss).toBe(best!.value);
  });

  it('stops early when the validation no longer gets better', async () => {
    const given = await options({
      epochs: 30,
      earlyStopping: { patience: 2 },
      schedule: { kind: 'constant', rate: 0.3 },
    });
    const { result } = await run(given);
    const { history, best, stalled } = result!.progress;
    expect(result!.ended).toBe('early');
    expect(stalled).toBe(2);
    expect(history).toHaveLength(best!.epoch + 3);
  });

  it('lowers the rate where the validation error stalls', async () => {
    const { result } = await run(await options({ epochs: 6 }));
    const { history, plateau } = result!.progress;
    const errors = history.map(({ validation }) => 1 - validation!.top1);
    expect(plateau.drops).toBe(2);
    expect(history[5]!.learningRate).toBeCloseTo(0.0002, 12);
    expect(Math.min(...errors)).toBe(plateau.best);
  });

  it('does without a validation set, and has no best weights then', async () => {
    const { validation: _, ...rest } = await options({ schedule: { kind: 'constant', rate: 0.02 } });
    const { events, result } = await run(rest);
    expect(result!.progress.history[0]).not.toHaveProperty('validation');
    expect(result!).not.toHaveProperty('best');
    expect(of(events, 'measuring')).toEqual([]);
  });

  it('reports images that cannot be read, and goes on, even without a whole batch', async () => {
    const bad = [0, 1, 2, 3, 4, 5, 6, 7];
    const { events, result } = await run(
      await options({ data: source({ size: 10, bad }), validation: source({ size: 7, bad: [5] }) }),
    );
    const skipped = of(events, 'skipped');
    expect(skipped.filter(({ set }) => set === 'training')).toHaveLength(3 * 8);
    expect(skipped.filter(({ set }) => set === 'validation')).toHaveLength(3);
    expect(result!.progress.step).toBe(9);
    expect(of(events, 'step').length).toBeLessThan(9);
  });

  it('leaves out a batch of one image where batch norm would have no variance', async () => {
    const network = buildGraph('flat', { name: 'x', shape: [2, 6, 5] })
      .flatten('flat')
      .linear('fc1', 4)
      .batchNorm('bn', 1e-3)
      .relu('relu')
      .linear('fc2', 3)
      .softmax('prob')
      .build();
    const flat = trainingGraph(network);
    const weights = initialWeights(network, 'he-normal', 1);
    await using trainer = await referenceTrainer(flat, weights, { optimiser: { rule: momentum } });
    const given = await options({ training: flat, trainer, data: source({ size: 7 }), batchSize: 3, epochs: 2 });
    const { events, error } = await run(given);
    expect(error).toBeUndefined();
    expect(of(events, 'step').map(({ step }) => step)).toEqual([0, 1, 3, 4]);
    expect((await run({ ...given, batchSize: 1 })).error).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('batches of two images or more'),
    });
  });

  it('asks for the next batches while a step computes', async () => {
    const log: string[] = [];
    const data = source({ size: 12, before: (epoch, batch) => void log.push(`data ${epoch}.${batch}`) });
    const given = await options({ data, epochs: 1 });
    const trainer = {
      ...given.trainer,
      async step(...args: Parameters<typeof given.trainer.step>) {
        log.push('step');
        return given.trainer.step(...args);
      },
    };
    await run({ ...given, trainer });
    expect(log.indexOf('data 0.1')).toBeLessThan(log.indexOf('step'));
  });
});

it('goes on from a checkpoint with the best weights that it names alone', async () => {
  const store = memoryStore();
  await run(await options({ checkpoints: { store }, epochs: 1 }));
  const { checkpoint } = (await latestCheckpoint(store))!;
  const { error } = await run(await options({ from: { checkpoint } }));
  expect(error).toMatchObject({ code: 'invalid-input', message: expect.stringContaining('best weights') });
});
