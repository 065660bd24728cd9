import { beforeAll, describe, expect, it } from 'vitest';
import { latestCheckpoint } from '../checkpoint/keep.ts';
import { memoryStore } from '../checkpoint/memory-store.ts';
import { isBestName, isCheckpointName } from '../checkpoint/names.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import { of, run, wholeTraining } from '../testing/run.ts';
import { options, source, trainerInFloat32, training } from '../testing/small-training.ts';
import type { TrainingEvent } from './events.ts';
import type { TrainOptions } from './options.ts';
import type { TrainingResult } from './train.ts';

/** A store as if it had no other checkpoint than one. */
function only(store: CheckpointStore, checkpoint: string): CheckpointStore {
  return { ...store, list: async () => [checkpoint] };
}

let whole: TrainingResult;
beforeAll(async () => {
  whole = await wholeTraining();
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

  it('keep the best weights that they name beside those of a training before', async () => {
    const store = memoryStore();
    for (const epoch of [7, 8]) await store.write(`best-00000000${epoch}.safetensors`, [new Uint8Array(8)]);
    const { result } = await run(await options({ checkpoints: { store } }));
    const latest = (await latestCheckpoint(store))!;
    expect(latest.bestIsLost).toBeUndefined();
    expect(latest.bestWeights).toEqual(result!.best!.weights);
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
