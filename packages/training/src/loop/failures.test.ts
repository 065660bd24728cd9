import { beforeAll, describe, expect, it } from 'vitest';
import { latestCheckpoint } from '../checkpoint/keep.ts';
import { memoryStore } from '../checkpoint/memory-store.ts';
import { run, wholeTraining } from '../testing/run.ts';
import { momentum, options, source } from '../testing/small-training.ts';
import type { DataSource } from './data-source.ts';
import { DivergedError } from './diverged.ts';
import type { TrainOptions } from './options.ts';
import type { TrainingResult } from './train.ts';

let whole: TrainingResult;
beforeAll(async () => {
  whole = await wholeTraining();
});

describe('what goes wrong', () => {
  const failing = (epoch: number) =>
    source({
      size: 10,
      before(now, batch) {
        if (now === epoch && batch === 1) throw new Error('the worker died');
      },
    });

  it('in the data costs nothing: a checkpoint is written first', async () => {
    const store = memoryStore();
    const { events, error } = await run(await options({ checkpoints: { store }, data: failing(1) }));
    expect(error).toMatchObject({ message: 'the worker died' });
    expect(events.at(-1)).toMatchObject({ kind: 'checkpoint', step: 4 });
    const { result } = await run(await options({ from: (await latestCheckpoint(store))! }));
    expect(result!.weights).toEqual(whole.weights);
  });

  it('is told although the checkpoint cannot be written either', async () => {
    const store = { ...memoryStore(), write: async () => Promise.reject(new Error('no space left')) };
    const { error } = await run(await options({ checkpoints: { store }, data: failing(0) }));
    expect(error).toMatchObject({ message: 'the worker died' });
  });

  it('before anything was learnt leaves no checkpoint', async () => {
    const store = memoryStore();
    const checkpoints = { store, everySeconds: 60 };
    const { error } = await run(await options({ checkpoints, data: source({ size: 3, bad: [0, 1, 2] }) }));
    expect(error).toMatchObject({ code: 'invalid-input' });
    expect(await store.list()).toEqual([]);
  });

  it('is said when the loss is no number, and the last checkpoint stays', async () => {
    const store = memoryStore();
    const given = await options({ checkpoints: { store }, schedule: { kind: 'constant', rate: 0.25 } });
    const trainer = {
      ...given.trainer,
      async step(...args: Parameters<typeof given.trainer.step>) {
        const result = await given.trainer.step(...args);
        return (await store.list()).length > 1 ? { ...result, loss: Number.NaN } : result;
      },
    };
    const { error } = await run({ ...given, trainer });
    expect(error).toBeInstanceOf(DivergedError);
    expect((error as DivergedError).divergence).toEqual({
      step: 3,
      epoch: 1,
      learningRate: 0.25,
      what: 'the loss is NaN',
      checkpoint: 'checkpoint-000000003.safetensors',
    });
    expect((error as Error).message).toMatch(
      /diverged: at step 3 \(epoch 2\), learning rate 0.25, the loss is NaN.*Lower the learning rate/,
    );
    expect((await latestCheckpoint(store))!.checkpoint.progress.step).toBe(3);
  });

  it.each([
    { what: 'weights', name: 'fc.bias' },
    { what: 'slots', name: 'fc.bias.velocity' },
  ] as const)('is no checkpoint when $what are not finite', async ({ what, name }) => {
    const store = memoryStore();
    const given = await options({ checkpoints: { store, everySteps: 2 } });
    const trainer = {
      ...given.trainer,
      async state() {
        const state = await given.trainer.state();
        state[what].get(name)!.data[1] = Number.POSITIVE_INFINITY;
        return state;
      },
    };
    const { error } = await run({ ...given, trainer });
    expect((error as Error).message).toContain(`${name} holds values that are not finite`);
    expect(await store.list()).toEqual([]);
  });

  it('leaves no batch of the validation open when its caller leaves there', async () => {
    const validation = source({ size: 7 });
    let open = 0;
    const counted: DataSource = {
      ...validation,
      async *batches(asked) {
        open++;
        try {
          yield* validation.batches(asked);
        } finally {
          open--;
        }
      },
    };
    const given = await options({ validation: counted, batchSize: 2 });
    const { events } = await run(given, ({ kind }) => kind === 'measuring');
    expect(events.at(-1)!.kind).toBe('measuring');
    expect(open).toBe(0);
  });

  it('is no checkpoint when the validation of its weights is no number, and the one before it stays', async () => {
    const store = memoryStore();
    const given = await options({ checkpoints: { store, everySteps: 1 } });
    const trainer = {
      ...given.trainer,
      async evaluate(...args: Parameters<typeof given.trainer.evaluate>) {
        const values = await given.trainer.evaluate(...args);
        values['prob']!.data.fill(Number.NaN);
        return values;
      },
    };
    const { error } = await run({ ...given, trainer });
    expect((error as DivergedError).divergence).toMatchObject({
      step: 3,
      what: 'the validation loss is NaN',
      checkpoint: 'checkpoint-000000002.safetensors',
    });
    expect((await latestCheckpoint(store))!.name).toBe('checkpoint-000000002.safetensors');
  });

  const early: DataSource = {
    ...source({ size: 10 }),
    async *batches(asked) {
      for await (const batch of source({ size: 5 }).batches(asked)) yield batch;
    },
  };

  it.each<{ why: string; changes: Partial<TrainOptions>; says: string }>([
    { why: 'data that ends early', changes: { data: early }, says: 'gave 2 of the 3 batches of epoch 1' },
    {
      why: 'no image that can be used',
      changes: { data: source({ size: 3, bad: [0, 1, 2] }) },
      says: 'None of the 3 training images',
    },
    {
      why: 'no image to validate with',
      changes: { validation: source({ size: 2, bad: [0, 1] }) },
      says: 'None of the 2 images',
    },
    { why: 'an empty training set', changes: { data: source({ size: 0 }) }, says: 'The training set has no images' },
    {
      why: 'an empty validation set',
      changes: { validation: source({ size: 0 }) },
      says: 'The validation set has no images',
    },
    {
      why: 'one class',
      changes: { data: { ...source({ size: 3 }), classes: ['only'] } },
      says: 'only one class, only',
    },
    {
      why: 'other classes than the network',
      changes: { data: { ...source({ size: 3 }), classes: ['a', 'b'] } },
      says: 'tells 3 classes apart, and the training set has 2',
    },
    {
      why: 'other classes to validate with',
      changes: { validation: { ...source({ size: 3 }), classes: ['a', 'b', 'c'] } },
      says: 'other classes than the training set',
    },
    { why: 'no epochs', changes: { epochs: 0 }, says: 'epochs must be a whole number from 1' },
    { why: 'half a batch', changes: { batchSize: 0.5 }, says: 'batchSize must be' },
    { why: 'a seed below 0', changes: { seed: -1 }, says: 'seed -1' },
    { why: 'a bad schedule', changes: { schedule: { kind: 'constant', rate: -1 } }, says: "schedule's rate" },
    { why: 'no patience', changes: { earlyStopping: { patience: 0 } }, says: 'earlyStopping.patience' },
    {
      why: 'checkpoints too often',
      changes: { checkpoints: { store: memoryStore(), everySteps: 0 } },
      says: 'checkpoints.everySteps',
    },
  ])('is said of $why', async ({ changes, says }) => {
    const { error } = await run(await options(changes));
    expect(error).toMatchObject({ code: 'invalid-input', message: expect.stringContaining(says) });
  });

  it.each<{ why: string; changes: Partial<TrainOptions> }>([
    { why: 'The schedule plateau', changes: {} },
    { why: 'Early stopping', changes: { schedule: { kind: 'constant', rate: 1 }, earlyStopping: { patience: 1 } } },
  ])('$why needs a validation set', async ({ why, changes }) => {
    const { validation: _, ...rest } = await options({ rule: momentum, ...changes });
    const { error } = await run(rest);
    expect((error as Error).message).toContain(`${why} watches the validation set, and there is none`);
  });
});
