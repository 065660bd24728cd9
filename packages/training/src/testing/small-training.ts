import {
  buildGraph,
  epochOrder,
  referenceTrainer,
  type Tensor,
  type Trainer,
  type TrainingOptions,
  trainingGraph,
  type UpdateRule,
} from '@alexnet/core';
import { initialWeights } from '../initialise/initial-weights.ts';
import type { DataSource, SkippedImage } from '../loop/data-source.ts';
import type { TrainOptions } from '../loop/options.ts';

/*
 * A training that takes a moment: three classes of images of 2x6x5, told apart by where they are bright, and a network with all
 * that has state: batch norm and dropout.
 */

export const training = trainingGraph(
  buildGraph('small', { name: 'x', shape: [2, 6, 5] })
    .conv2d('conv', 4, 3)
    .batchNorm('bn', 1e-3)
    .relu('relu')
    .maxPool2d('pool', 2, { stride: 2 })
    .flatten('flat')
    .dropout('drop', 0.25)
    .linear('fc', 3)
    .softmax('prob')
    .build(),
);

export const momentum: UpdateRule = { kind: 'sgd', momentum: 0.9, weightDecay: 5e-4 };

/**
 * The oracle of training with its state in float32 between steps, as it is on every device: what a checkpoint keeps is all of it.
 */
export async function trainerInFloat32(changes: Partial<TrainingOptions> = {}): Promise<Trainer> {
  const weights = initialWeights(training.network, 'he-normal', 4);
  const exact = await referenceTrainer(training, weights, { optimiser: { rule: momentum }, ...changes });
  return {
    ...exact,
    async step(inputs, stepOptions) {
      const result = await exact.step(inputs, stepOptions);
      await exact.load(await exact.state());
      return result;
    },
  };
}

export interface SourceOptions {
  readonly size: number;
  /** These images cannot be read. */
  readonly bad?: readonly number[];
  /** Before each batch. */
  readonly before?: (epoch: number, batch: number) => Promise<void> | void;
}

/** Images that depend on epoch and index alone, as augmented ones do, in the order of the epoch. */
export function source({ size, bad = [], before }: SourceOptions): DataSource {
  return {
    classes: ['left', 'middle', 'right'],
    size,
    async *batches({ epoch, from, batchSize, signal }) {
      const order = [...epochOrder(size, { seed: 3, epoch })];
      for (let at = from * batchSize; at < size; at += batchSize) {
        await before?.(epoch, at / batchSize);
        signal?.throwIfAborted();
        const all = order.slice(at, at + batchSize);
        const good = all.filter((index) => !bad.includes(index));
        yield {
          images: imagesOf(good, epoch),
          labels: good.map((index) => index % 3),
          skipped: all.filter((index) => bad.includes(index)).map(skippedImage),
        };
      }
    },
  };
}

function skippedImage(index: number): SkippedImage {
  return { path: `${index}.png`, reason: 'It is not an image.' };
}

function imagesOf(indices: readonly number[], epoch: number): Tensor {
  const data = new Float32Array(indices.length * 60);
  for (const [n, index] of indices.entries()) {
    for (let i = 0; i < 60; i++) {
      const bright = Math.floor((i % 5) / 1.7) === index % 3 ? 1 : 0;
      data[n * 60 + i] = bright + ((i * 7 + index * 13 + epoch * 5) % 11) / 16;
    }
  }
  return { shape: [indices.length, 2, 6, 5], data };
}

/** Ten images in batches of four, three epochs, all of it decided. */
export async function options(changes: Partial<TrainOptions> = {}): Promise<TrainOptions> {
  return {
    trainer: await trainerInFloat32(),
    training,
    rule: momentum,
    data: source({ size: 10 }),
    validation: source({ size: 7 }),
    schedule: { kind: 'plateau', rate: 0.02, divisor: 10, patience: 1, times: 2 },
    epochs: 3,
    batchSize: 4,
    seed: 8,
    watch: 'loss',
    ...changes,
  };
}
