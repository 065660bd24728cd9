import { referenceTrainer, type Tensor, trainingGraph, type UpdateRule } from '@alexnet/core';
import { initialWeights, measure, type Schedule, train } from '@alexnet/training';
import type { Features } from './features.ts';
import { headGraph } from './head-graph.ts';
import { heldOutSamples, trainingSamples } from './samples.ts';
import { scaled, scalingOf, unscaled } from './scaling.ts';
import { splitImages } from './split.ts';

export interface HeadTask {
  readonly features: Features;
  /** Names, by label. */
  readonly classes: readonly string[];
}

/** How a head does on images that it has not seen. */
export interface HeldOut {
  readonly right: number;
  readonly images: number;
}

export interface TaughtHead {
  /** [classes, features]. */
  readonly weight: Tensor;
  readonly bias: Tensor;
  /** Of a head that was trained without these images; undefined where there were too few of a class. */
  readonly heldOut: HeldOut | undefined;
}

/** How far it is. */
export interface TeachProgress {
  /** Where images are held out, a head is trained to be judged before the one that is kept. */
  readonly part: 'judged' | 'kept';
  /** Of all, from 0 to 1. */
  readonly done: number;
  readonly epoch: number;
  readonly epochs: number;
  /** The mean of the epoch. */
  readonly loss: number;
}

const SEED = 1;
const BATCH = 64;
/** Steps that a head takes, about: few images are seen often, many less often. */
const STEPS = 120;
/** Ten times the weight decay of the paper: the images are few, and a head that is sure of everything says nothing. */
const rule: UpdateRule = { kind: 'sgd', momentum: 0.9, weightDecay: 5e-3 };
const schedule: Schedule = { kind: 'cosine', rate: 1, final: 0 };

/**
 * Trains a head, once without the images that are held out, to be judged by them, and once with all, to be kept. The same features give the
 * same head. Errors: `invalid-input`.
 */
export async function teachHead(
  { features, classes }: HeadTask,
  onProgress: (progress: TeachProgress) => void = () => {},
): Promise<TaughtHead> {
  const split = splitImages(features.labels, SEED);
  let heldOut: HeldOut | undefined;
  if (split !== undefined) {
    // scaled by what is learned from alone: those that are held out must not be seen
    const own = scalingOf(rowsOf(features, split.training), features.size);
    const ready = { ...features, data: scaled(features.data, own) };
    const { evaluate } = await trainOn(ready, { classes, images: split.training }, (part, epoch) =>
      onProgress({ part: 'judged', done: part / 2, ...epoch }),
    );
    heldOut = await evaluate(split.heldOut);
  }
  const scaling = scalingOf(features.data, features.size);
  const ready = { ...features, data: scaled(features.data, scaling) };
  const all = [...features.labels.keys()];
  const before = split === undefined ? 0 : 0.5;
  const { weights } = await trainOn(ready, { classes, images: all }, (part, epoch) =>
    onProgress({ part: 'kept', done: before + (1 - before) * part, ...epoch }),
  );
  return { ...unscaled(weights.get('head.weight')!, weights.get('head.bias')!, scaling), heldOut };
}

/** The features of some images. */
function rowsOf({ data, size, views }: Features, images: readonly number[]): Float32Array {
  const length = views * size;
  const rows = new Float32Array(images.length * length);
  for (const [i, image] of images.entries()) rows.set(data.subarray(image * length, (image + 1) * length), i * length);
  return rows;
}

async function trainOn(
  features: Features,
  choice: { readonly classes: readonly string[]; readonly images: readonly number[] },
  onEpoch: (done: number, epoch: Pick<TeachProgress, 'epoch' | 'epochs' | 'loss'>) => void,
) {
  const training = trainingGraph(headGraph(features.size, choice.classes.length));
  const begin = initialWeights(training.network, 'glorot-uniform', SEED);
  const trainer = await referenceTrainer(training, begin, { optimiser: { rule } });
  const data = trainingSamples(features, choice, SEED);
  const epochs = epochsOf(data.size);
  const events = train({ trainer, training, rule, data, schedule, epochs, batchSize: BATCH, seed: SEED });
  for await (const event of events) {
    if (event.kind !== 'epoch') continue;
    const epoch = event.record.epoch + 1;
    onEpoch(epoch / epochs, { epoch, epochs, loss: event.record.training.loss });
  }
  return {
    weights: await trainer.weights(),
    async evaluate(images: readonly number[]): Promise<HeldOut> {
      const measured = measure({
        data: heldOutSamples(features, { ...choice, images }),
        batchSize: BATCH,
        crops: features.seen,
        predict: async (rows) => (await trainer.evaluate({ features: rows }))['prob']!,
      });
      for (;;) {
        const next = await measured.next();
        if (next.done === true) return { right: Math.round(next.value.top1 * images.length), images: images.length };
      }
    },
  };
}

function epochsOf(samples: number): number {
  return Math.max(30, Math.round(STEPS / Math.ceil(samples / BATCH)));
}
