import { AlexNetError, throwIfAborted, trainingInputs, type Weights } from '@alexnet/core';
import { saveBest } from '../checkpoint/keep.ts';
import { countHits, type Metrics } from '../metrics/tally.ts';
import { plateauAfter } from '../schedule/plateau.ts';
import { ahead } from './ahead.ts';
import type { DataBatch } from './data-source.ts';
import { DivergedError } from './diverged.ts';
import type { TrainingEvent } from './events.ts';
import { withLoss } from './loss-curve.ts';
import { measure, outputKind } from './measure.ts';
import { checkOptions, fewestImages, type TrainOptions } from './options.ts';
import { type Best, type EpochRecord, noSums, type TrainingProgress } from './progress.ts';
import { checkFinite, diverged, type Run, rateOf, startRun } from './run.ts';
import { hasLearnt, isDue, save, withdraw } from './saving.ts';

export interface TrainingResult {
  /** Why it ended: all epochs are over, or the validation set no longer gets better. */
  readonly ended: 'epochs' | 'early';
  readonly progress: TrainingProgress;
  /** Of the last step. */
  readonly weights: Weights;
  /** Of the best epoch, where there is a validation set. */
  readonly best?: Best & { readonly weights: Weights };
}

/** Batches that are made while one is computed with. */
const AHEAD = 2;

/**
 * Trains, and tells what happens as it happens: `for await (const event of train(...))`. A generator, so that the caller sets the
 * pace and may leave at any event; what it returns, `yield*` or the last `next()` gives.
 *
 * The same trainer state, data, seed and options give the same weights, bit by bit, on a deterministic backend. So does going on
 * `from` a checkpoint, where the backend keeps its state in float32 (all but `reference`, whose float64 a checkpoint rounds).
 *
 * Errors: `invalid-input` (options; data that ends early; `DivergedError`), `aborted`, those of trainer, sources and store. But for
 * divergence, a checkpoint is written first where that is possible; whatever is thrown, the last one stays.
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent, TrainingResult, undefined> {
  checkOptions(options);
  const run = await startRun(options);
  const { epochs, earlyStopping, signal } = options;
  const isEarly = () => earlyStopping !== undefined && run.progress.stalled >= earlyStopping.patience;
  try {
    while (run.progress.epoch < epochs && !isEarly()) {
      throwIfAborted(signal, 'train');
      yield* steps(run);
      yield* endOfEpoch(run);
    }
  } catch (error) {
    // a step that throws changed nothing; only what left the finite numbers is not worth keeping
    if (!(error instanceof DivergedError) && hasLearnt(run.progress)) {
      const kept = save(run);
      const event = await (signal?.aborted === true ? kept : kept.catch(() => undefined)); // what failed first is what to tell
      if (event !== undefined) yield event;
    }
    throw error;
  }
  const { best } = run.progress;
  return {
    ended: run.progress.epoch < epochs ? 'early' : 'epochs',
    progress: run.progress,
    weights: await options.trainer.weights(),
    ...(best && { best: { ...best, weights: run.bestWeights! } }),
  };
}

/** What is left of the epoch that is under way. */
async function* steps(run: Run): AsyncGenerator<TrainingEvent, void, undefined> {
  const { data, batchSize, signal } = run.options;
  const { epoch, batch: from } = run.progress;
  run.pace.pause();
  for await (const batch of ahead(data.batches({ epoch, from, batchSize, ...(signal && { signal }) }), AHEAD)) {
    for (const image of batch.skipped) yield { kind: 'skipped', set: 'training', image };
    const event = await step(run, batch);
    if (event !== undefined) yield event;
    if (isDue(run)) yield* told(save(run));
    throwIfAborted(signal, 'train');
  }
  const { batch, sums } = run.progress;
  if (batch !== run.stepsPerEpoch) {
    throw invalid(
      `The data gave ${batch} of the ${run.stepsPerEpoch} batches of epoch ${epoch + 1}`,
      'A source gives all images of its size in every epoch, those that it skips too.',
    );
  }
  if (sums.samples === 0) {
    throw invalid(`None of the ${data.size} training images can be used`, 'The skipped images say why.');
  }
}

/** One batch. Undefined when there is nothing to learn from it. */
async function step(run: Run, batch: DataBatch): Promise<TrainingEvent | undefined> {
  const { trainer, training, seed, epochs, signal } = run.options;
  const { stepsPerEpoch, progress } = run;
  const { epoch, step: now, sums } = progress;
  const images = batch.labels.length;
  const next = { ...progress, batch: progress.batch + 1, step: now + 1 };
  if (images < fewestImages(training)) {
    run.progress = next;
    return undefined;
  }
  const learningRate = rateOf(run, now);
  const inputs = trainingInputs(training, batch, { seed, step: now });
  const { loss, scores } = await trainer.step(inputs, { learningRate, ...(signal && { signal }) });
  if (!Number.isFinite(loss)) throw diverged(run, `the loss is ${loss}`);
  const after = {
    samples: sums.samples + images,
    loss: sums.loss + images * loss,
    hits: sums.hits + countHits(scores, batch.labels),
  };
  run.progress = { ...next, sums: after, curve: withLoss(progress.curve, loss) };
  run.pace.step(images);
  const left =
    (epochs * stepsPerEpoch - next.step) * run.pace.secondsPerStep() +
    (epochs - epoch) * (run.secondsPerValidation ?? 0);
  return {
    kind: 'step',
    epoch,
    step: now,
    done: next.batch,
    batches: stepsPerEpoch,
    loss,
    accuracy: after.hits / after.samples,
    learningRate,
    imagesPerSecond: run.pace.imagesPerSecond(),
    secondsLeft: left,
  };
}

/** Validation, the record, the best weights, the checkpoint. */
async function* endOfEpoch(run: Run): AsyncGenerator<TrainingEvent, void, undefined> {
  const { schedule, checkpoints, trainer, watch = 'accuracy' } = run.options;
  const { progress } = run;
  const { epoch, step: done, sums } = progress;
  const metrics = yield* validate(run);
  const record: EpochRecord = {
    epoch,
    step: done,
    learningRate: rateOf(run, done - 1),
    training: { loss: sums.loss / sums.samples, accuracy: sums.hits / sums.samples },
    ...(metrics && { validation: { loss: metrics.loss, top1: metrics.top1, top5: metrics.top5 } }),
  };
  const value = metrics && (watch === 'loss' ? metrics.loss : metrics.top1);
  const isBest = value !== undefined && isBetter(value, progress.best?.value, watch);
  if (isBest) {
    run.bestWeights = await trainer.weights();
    checkFinite(run, run.bestWeights);
  }
  const file = isBest && checkpoints ? await saveBest(checkpoints.store, epoch, run.bestWeights!) : undefined;
  run.progress = {
    ...progress,
    epoch: epoch + 1,
    batch: 0,
    sums: noSums,
    plateau: metrics === undefined ? progress.plateau : plateauAfter(schedule, progress.plateau, 1 - metrics.top1),
    best: isBest ? { epoch, value, ...(file !== undefined && { file }) } : progress.best,
    stalled: isBest || value === undefined ? 0 : progress.stalled + 1,
    history: [...progress.history, record],
  };
  yield { kind: 'epoch', record, best: isBest, ...(metrics && { metrics }) };
  yield* told(save(run));
}

async function* validate(run: Run): AsyncGenerator<TrainingEvent, Metrics | undefined, undefined> {
  const { trainer, training, validation, batchSize, signal, now } = run.options;
  if (validation === undefined) return undefined;
  const { network } = training;
  const input = network.inputs[0]!.name;
  const begin = now!();
  const stop = signal && { signal };
  const measured = measure({
    data: validation,
    batchSize,
    output: outputKind(network),
    predict: async (images) => (await trainer.evaluate({ [input]: images }, stop))[network.outputs[0]!]!,
    ...stop,
  });
  const { epoch } = run.progress;
  try {
    for (;;) {
      const next = await measured.next();
      if (next.done === true) {
        run.secondsPerValidation = (now!() - begin) / 1000;
        if (!Number.isFinite(next.value.loss)) {
          await withdraw(run);
          throw diverged(run, `the validation loss is ${next.value.loss}`);
        }
        return next.value;
      }
      const { done, total, skipped } = next.value;
      for (const image of skipped) yield { kind: 'skipped', set: 'validation', image };
      yield { kind: 'measuring', epoch, done, total };
    }
  } finally {
    await measured.return(undefined as never); // whoever leaves here leaves no workers behind
  }
}

async function* told(event: Promise<TrainingEvent | undefined>): AsyncGenerator<TrainingEvent, void, undefined> {
  const happened = await event;
  if (happened !== undefined) yield happened;
}

function isBetter(value: number, best: number | undefined, watch: 'loss' | 'accuracy'): boolean {
  if (best === undefined) return true;
  return watch === 'loss' ? value < best : value > best;
}

function invalid(message: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where: 'training data', fix });
}
