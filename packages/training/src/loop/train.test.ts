import { beforeAll, describe, expect, it } from 'vitest';
import { latestCheckpoint } from '../checkpoint/keep.ts';
import { memoryStore } from '../checkpoint/memory-store.ts';
import { isBestName, isCheckpointName } from '../checkpoint/names.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import { momentum, options, source, trainerInFloat32, training } from '../testing/small-training.ts';
import type { DataSource } from './data-source.ts';
import { DivergedError } from './diverged.ts';
import type { TrainingEvent } from './events.ts';
import { measure } from './measure.ts';
import type { TrainOptions } from './options.ts';
import { type TrainingResult, train } from './train.ts';

interface Seen {
  readonly events: readonly TrainingEvent[];
  readonly result: TrainingResult | undefined;
  readonly error: unknown;
}

/** Runs a training to its end, or until `leave` says so. */
async function run(given: TrainOptions, leave: (event: TrainingEvent) => boolean = () => false): Promise<Seen> {
  const events: TrainingEvent[] = [];
  const iterator = train(given);
  try {
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return { events, result: next.value, error: undefined };
      events.push(next.value);
      if (!leave(next.value)) continue;
      await iterator.return(undefined as never);
      return { events, result: undefined, error: undefined };
    }
  } catch (error) {
    return { events, result: undefined, error };
  }
}

const of = <K extends TrainingEvent['kind']>(events: readonly TrainingEvent[], kind: K) =>
  events.filter((event): event is Extract<TrainingEvent, { kind: K }> => event.kind === kind);

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

/** A store as if it had no other checkpoint than one. */
function only(store: CheckpointStore, checkpoint: string): CheckpointStore {
  return { ...store, list: async () => [checkpoint] };
}

/** A training that was not stopped. */
let whole: TrainingResult;
beforeAll(async () => {
  whole = (await run(await options({ checkpoints: { store: memoryStore() } }))).result!;
});

describe('going on from a checkpoint', () => {
  const rows: readonly { why: string; killed: (event: TrainingEvent) => boolean; from: number }[] = [
    { why: 'in the first epoch', killed: ({ kind }) => kind === 'checkpoint', from: 2 },
    { why: 'steps after the checkpoint', killed: (event) => event.kind === 'step' && event.step === 6, from: 6 },
    { why: 'in the validation', killed: (event) => event.kind === 'measuring' && event.epoch === 1, from: 6 },
    {
      why: 'between the end of an epoch and its checkpoint',
      killed: (event) => event.kind === 'epoch' && event.record.epoch === 1,
      from: 6,
    },
    { why: 'before a validation', killed: (event) => event.kind === 'checkpoint' && event.step === 6, from: 6 },
    {
      why: 'right after the end of an epoch',
      killed: (() => {
        let ended = false;
        return (event) => {
          ended ||= event.kind === 'epoch' && event.record.epoch === 1;
          return ended && event.kind === 'checkpoint';
        };
      })(),
      from: 6,
    },
    { why: 'in the last epoch', killed: (event) => event.kind === 'step' && event.step === 8, from: 8 },
  ];

  it.each(rows)('gives the same bits when it was killed $why', async ({ killed, from }) => {
    const store = memoryStore();
    const first = await run(await options({ checkpoints: { store, everySteps: 2 } }), killed);
    expect(first.result).toBeUndefined();
    const latest = (await latestCheckpoint(store))!;
    expect(latest.checkpoint.progress.step).toBe(from);
    const { result } = await run(await options({ checkpoints: { store, everySteps: 2 }, from: latest }));
    const { best, ...rest } = result!;
    const { best: expectedBest, ...expected } = whole;
    expect(rest).toEqual(expected);
    expect(best).toEqual(expectedBest);
  });

  it.each(['rmsprop', 'adadelta'] as const)('keeps the state of %s', async (kind) => {
    const rule = { kind, rho: 0.9, epsilon: 1e-6 };
    const of2 = async (changes: Partial<TrainOptions>) =>
      options({
        rule,
        trainer: await trainerInFloat32({ optimiser: { rule } }),
        schedule: { kind: 'constant', rate: 0.01 },
        ...changes,
      });
    const store = memoryStore();
    await run(
      await of2({ checkpoints: { store, everySteps: 4 } }),
      (event) => event.kind === 'step' && event.step === 5,
    );
    const latest = (await latestCheckpoint(store))!;
    expect(latest.checkpoint.state.slots.size).toBe(kind === 'rmsprop' ? 6 : 12);
    const { result } = await run(await of2({ from: latest }));
    expect(result!.weights).toEqual((await run(await of2({}))).result!.weights);
  });

  it('writes a checkpoint when it is cancelled, from which it goes on to the same bits', async () => {
    const store = memoryStore();
    const controller = new AbortController();
    const given = await options({ checkpoints: { store }, signal: controller.signal });
    const { events, error } = await run(given, (event) => {
      if (event.kind === 'step' && event.step === 4) controller.abort();
      return false;
    });
    expect(error).toMatchObject({ code: 'aborted' });
    expect(events.at(-1)).toEqual({ kind: 'checkpoint', name: 'checkpoint-000000005.safetensors', step: 5 });
    const { result } = await run(await options({ from: (await latestCheckpoint(store))! }));
    expect(result!.weights).toEqual(whole.weights);
  });

  it.each([
    { why: 'nobody knows how long it takes', epoch: 0, secondsPerBatch: 0, from: 3 },
    { why: 'it takes longer than may be lost', epoch: 1, secondsPerBatch: 90, from: 6 },
    { why: 'not where there is time', epoch: 1, secondsPerBatch: 1, from: 3 },
  ])('writes a checkpoint before a validation: $why', async ({ epoch, secondsPerBatch, from }) => {
    let seconds = 0;
    const slowly = () => {
      seconds += secondsPerBatch;
    };
    const checkpoints = { store: memoryStore(), everySeconds: 60 };
    await run(
      await options({ validation: source({ size: 7, before: slowly }), checkpoints, now: () => 1000 * seconds }),
      (event) => event.kind === 'measuring' && event.epoch === epoch,
    );
    expect((await latestCheckpoint(checkpoints.store))!.checkpoint.progress.step).toBe(from);
  });

  it('takes the newest checkpoint whose best weights are there, else the newest, whose next epoch is the best', async () => {
    const store = memoryStore();
    await run(await options({ checkpoints: { store, keep: 9 } }));
    const last = (await latestCheckpoint(store))!;
    const best = async (name: string) => (await latestCheckpoint(only(store, name)))!.checkpoint.progress.best;
    const [first, , third] = (await store.list()).filter(isCheckpointName).sort() as [string, string, string];
    expect(last.name).toBe(third);
    const lost = (await best(third))!.file!;
    expect(lost).not.toBe((await best(first))!.file);
    await store.remove(lost);
    const older = (await latestCheckpoint(store))!;
    expect(older.bestWeights).toBeDefined();
    expect(older.checkpoint.progress.best!.file).not.toBe(lost);
    for (const name of await store.list()) if (isBestName(name)) await store.remove(name);
    const without = (await latestCheckpoint(store))!;
    expect(without.name).toBe(third);
    expect(without.damaged.map(({ name }) => name)).toContain(lost);
    expect(without.checkpoint.progress).toMatchObject({ best: undefined, stalled: 0 });
    expect(without.bestIsLost).toBe(true);
    const { events } = await run(await options({ from: without, epochs: 4 }));
    expect(of(events, 'epoch')).toMatchObject([{ record: { epoch: 3 }, best: true }]);
  });

  it('does nothing more when all epochs were over', async () => {
    const store = memoryStore();
    const first = await run(await options({ checkpoints: { store } }));
    const again = await run(await options({ checkpoints: { store }, from: (await latestCheckpoint(store))! }));
    expect(again.events).toEqual([]);
    expect(again.result).toEqual(first.result);
  });

  it('trains for more epochs than before where it is asked to', async () => {
    const store = memoryStore();
    await run(await options({ checkpoints: { store }, epochs: 1 }));
    const { result } = await run(await options({ from: (await latestCheckpoint(store))! }));
    expect(result!.progress.history).toHaveLength(3);
    expect(result!.weights).toEqual(whole.weights);
  });

  it.each<{ what: string; changes: Partial<TrainOptions> }>([
    { what: 'seed is 8, not 9', changes: { seed: 9 } },
    { what: 'batch size is 4, not 5', changes: { batchSize: 5 } },
    { what: 'number of images is 10, not 11', changes: { data: source({ size: 11 }) } },
    {
      what: 'list of classes',
      changes: {
        data: { ...source({ size: 10 }), classes: ['a', 'b', 'c'] },
        validation: { ...source({ size: 7 }), classes: ['a', 'b', 'c'] },
      },
    },
    {
      what: 'list of trained parameters',
      changes: { training: { ...training, gradients: training.gradients.slice(1) } },
    },
    {
      what: 'augmentation is not known, not [{"kind":"flip"}]',
      changes: { settings: { augmentation: [{ kind: 'flip' }] } },
    },
    {
      what: 'optimiser is {"kind":"sgd","momentum":0.9',
      changes: { rule: { kind: 'rmsprop', rho: 0.9, epsilon: 1e-7 } },
    },
  ])('refuses a checkpoint whose $what', async ({ what, changes }) => {
    const store = memoryStore();
    await run(await options({ checkpoints: { store }, epochs: 1 }));
    const { error } = await run(await options({ from: (await latestCheckpoint(store))!, ...changes }));
    expect(error).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(`another training: its ${what}`),
    });
  });
});

it('goes on from a checkpoint with the best weights that it names alone', async () => {
  const store = memoryStore();
  await run(await options({ checkpoints: { store }, epochs: 1 }));
  const { checkpoint } = (await latestCheckpoint(store))!;
  const { error } = await run(await options({ from: { checkpoint } }));
  expect(error).toMatchObject({ code: 'invalid-input', message: expect.stringContaining('best weights') });
});

describe('checkpoints', () => {
  it('are the last two, with the best weights that they name', async () => {
    const store = memoryStore();
    const { result } = await run(await options({ checkpoints: { store, everySteps: 1 } }));
    const names = [...(await store.list())].sort();
    expect(names.filter((name) => name.startsWith('checkpoint'))).toEqual([
      'checkpoint-000000008.safetensors',
      'checkpoint-000000009.safetensors',
    ]);
    expect(names).toContain(result!.best!.file);
    expect((await latestCheckpoint(store))!.bestWeights).toEqual(result!.best!.weights);
  });

  it('come after so many seconds', async () => {
    let time = 0;
    const given = await options({
      checkpoints: { store: memoryStore(), everySeconds: 10 },
      epochs: 1,
      data: source({ size: 40 }),
      now: () => (time += 900),
    });
    const seen = of((await run(given)).events, 'checkpoint').map(({ step }) => step);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.length).toBeLessThan(6);
    expect(seen.at(-1)).toBe(10);
  });

  it('leave the one before when the place is full', async () => {
    const store = memoryStore();
    const full: CheckpointStore = {
      ...store,
      async write(name, chunks) {
        if (name === 'checkpoint-000000006.safetensors')
          throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        return store.write(name, chunks);
      },
    };
    const { error } = await run(await options({ checkpoints: { store: full } }));
    expect(error).toMatchObject({ code: 'ENOSPC' });
    expect((await latestCheckpoint(store))!.checkpoint.progress.step).toBe(3);
  });
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
