import {
  AlexNetError,
  type Augmentation,
  checkAugmentation,
  epochOrder,
  type Preprocessing,
  preprocessedShape,
  type Tensor,
} from '@alexnet/core';
import { isPacked, type PackedSet } from '../pack/packed-set.ts';
import type { ImageSet, Skipped } from '../sets/image-set.ts';
import { inWorkers, type WorkerOptions, workerCount } from '../workers/in-workers.ts';
import type { BatchJob, MadeBatch } from '../workers/jobs.ts';
import { batchCount } from './batch-count.ts';

export interface LoadOptions extends WorkerOptions {
  readonly preprocessing: Preprocessing;
  /** Changes at random, for training. Left out: the crop of the preprocessing, centre or ten, for evaluation. */
  readonly augmentation?: readonly Augmentation[];
  readonly batchSize: number;
  /** An unsigned 32-bit integer; together with the epoch it decides order and augmentation. Default 0. */
  readonly seed?: number;
  /** Default 0. */
  readonly epoch?: number;
  /** Default: in training, not in evaluation. */
  readonly shuffle?: boolean;
  /** The first batch to give, to go on in the middle of an epoch: the same batches as if it had not stopped. Default 0. */
  readonly from?: number;
  /** Leaves out the last batch when it is smaller than the others. Default false. */
  readonly dropLast?: boolean;
  /** Batches that may be under way or wait. Default: two per worker, or as many as half a gigabyte holds, at least two. */
  readonly prefetch?: number;
}

/** Bytes of batches that wait, unless two are more. */
const MOST_WAITING = 2 ** 29;

export interface Batch {
  /** Number of the batch in its epoch. */
  readonly batch: number;
  /** [N, channels, size, size]; [10 N, ...] for ten crops, the ten of an image together. */
  readonly images: Tensor;
  /** Class of each of the N images. */
  readonly labels: Float32Array;
  /** Which items of the set the N images are. */
  readonly indices: Uint32Array;
  /** Images that cannot be read: the batch is smaller by them, in the worst case empty; no other batch changes. */
  readonly skipped: readonly Skipped[];
}

/**
 * One epoch of a set as batches, read, decoded and augmented in worker threads while the caller computes. Holds `prefetch`
 * batches, never the set. What a batch contains depends on set, options, seed and epoch, not on threads, machine or engine.
 * Errors, at once: `invalid-input` for options that make no sense, a set without images, a pack with another resize.
 * While it runs: `invalid-file` for a damaged pack, `missing-dependency` (sharp), `backend-failure` for a worker that dies,
 * `aborted`. A bad image is no error: it is in `skipped`.
 */
export function loadBatches(set: ImageSet | PackedSet, options: LoadOptions): AsyncGenerator<Batch, void, undefined> {
  const { preprocessing, augmentation, batchSize, seed = 0, epoch = 0, from = 0, dropLast = false } = options;
  checkAugmentation(augmentation ?? [], preprocessing);
  const order =
    (options.shuffle ?? augmentation !== undefined)
      ? epochOrder(set.items.length, { seed, epoch })
      : Uint32Array.from(set.items, (_, i) => i);
  const count = batchCount(order.length, { batchSize, dropLast });
  atLeast(0, from, 'from');
  if (from > count) throw invalid(`There is no batch ${from} in an epoch of ${count}`, 'from');
  if (options.prefetch !== undefined) atLeast(1, options.prefetch, 'prefetch');
  workerCount(options);
  if (isPacked(set)) checkPack(set, preprocessing);
  return generate(set, { ...options, seed, epoch, from }, order, count);
}

async function* generate(
  set: ImageSet | PackedSet,
  options: LoadOptions & { seed: number; epoch: number; from: number },
  order: Uint32Array,
  count: number,
): AsyncGenerator<Batch, void, undefined> {
  const { preprocessing, augmentation, batchSize, seed, epoch, from, signal } = options;
  const indicesOf = (batch: number) => order.subarray(batch * batchSize, (batch + 1) * batchSize);
  function* jobs(): Generator<BatchJob> {
    for (let batch = from; batch < count; batch++) {
      yield { images: Array.from(indicesOf(batch), (index) => ({ index, ...set.items[index]! })) };
    }
  }
  const { resize: _, ...withoutResize } = preprocessing;
  const packed = isPacked(set) ? set.pack : undefined;
  const setup = {
    kind: 'batches',
    preprocessing: packed === undefined ? preprocessing : withoutResize,
    augmentation,
    seed,
    epoch,
    pack: packed,
  } as const;
  const [views, ...shape] = preprocessedShape(preprocessing);
  const perImage = augmentation === undefined ? views! : 1;
  const bytes = 4 * batchSize * shape.reduce((product, extent) => product * extent, perImage);
  const asked = workerCount(options);
  const prefetch = options.prefetch ?? Math.min(2 * asked, Math.max(2, Math.floor(MOST_WAITING / bytes)));
  const workers = Math.min(asked, prefetch);
  let batch = from;
  const run = { setup, workers, prefetch, ...(signal && { signal }) };
  for await (const { data, kept, skipped } of inWorkers<BatchJob, MadeBatch>(jobs(), run)) {
    const all = indicesOf(batch);
    const indices = Uint32Array.from(kept, (position) => all[position]!);
    yield {
      batch,
      images: { shape: [kept.length * perImage, ...shape], data },
      labels: Float32Array.from(indices, (index) => set.items[index]!.label),
      indices,
      skipped,
    };
    batch++;
  }
}

function checkPack({ pack }: PackedSet, { resize }: Preprocessing): void {
  const [packed, asked] = [pack.resize, resize].map((value) => (value === undefined ? 'none' : named(value)));
  if (packed !== asked) {
    throw invalid(
      `The pack was made with the resize ${packed}, and the preprocessing asks for ${asked}`,
      'preprocessing.resize',
      'Pack the images for this preprocessing.',
    );
  }
}

function named({ mode, size, resampling }: NonNullable<Preprocessing['resize']>): string {
  return `${mode} ${size} ${resampling}`;
}

function atLeast(least: number, value: number, where: string): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw invalid(`${where} must be a whole number from ${least}, got ${value}`, where);
}

function invalid(message: string, where: string, fix?: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where, ...(fix === undefined ? {} : { fix }) });
}
