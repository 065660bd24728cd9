import { AlexNetError, type Preprocessing, type Tensor } from '@alexnet/core';
import type { PackedSet } from '../pack/packed-set.ts';
import type { ImageSet, Skipped } from '../sets/image-set.ts';
import type { WorkerOptions } from '../workers/in-workers.ts';
import { loadBatches } from './load-batches.ts';

export interface MeasureOptions extends WorkerOptions {
  /** Its resize, centre crop and channel order are used; what is measured has not had mean, scale and deviation. */
  readonly preprocessing: Preprocessing;
}

export interface Measured {
  /** Per channel, in the network's order, 0-255: what `mean: { kind: 'channel' }` of a preprocessing takes. */
  readonly mean: readonly number[];
  /** Per channel, 0-255. A preprocessing divides by it after scaling: multiply it by its scale. */
  readonly deviation: readonly number[];
  /** [channels, size, size]: what `mean: { kind: 'image' }` takes. */
  readonly meanImage: Tensor;
  /** How many images were measured. */
  readonly images: number;
  readonly skipped: readonly Skipped[];
}

const BATCH = 64;

/**
 * Mean, deviation and mean image of a set, summed in float64 in the order of the set: the same numbers whatever the threads.
 * Holds a few batches. Errors: as `loadBatches`; `invalid-file` when no image can be read.
 */
export async function measureSet(
  set: ImageSet | PackedSet,
  { preprocessing: { resize, crop, channels }, ...options }: MeasureOptions,
): Promise<Measured> {
  const preprocessing: Preprocessing = {
    ...(resize && { resize }),
    crop: { mode: 'centre', size: crop.size },
    channels,
  };
  const skipped: Skipped[] = [];
  let images = 0;
  let shape: readonly number[] = [];
  let sums = new Float64Array();
  let squares = new Float64Array();
  for await (const batch of loadBatches(set, { preprocessing, batchSize: BATCH, ...options })) {
    skipped.push(...batch.skipped);
    const { data } = batch.images;
    if (images === 0) {
      shape = batch.images.shape.slice(1);
      const length = shape.reduce((product, extent) => product * extent);
      sums = new Float64Array(length);
      squares = new Float64Array(length);
    }
    for (let at = 0; at < data.length; at += sums.length) {
      for (let i = 0; i < sums.length; i++) {
        const value = data[at + i]!;
        sums[i]! += value;
        squares[i]! += value * value;
      }
      images++;
    }
  }
  if (images === 0) {
    throw new AlexNetError({
      code: 'invalid-file',
      message: `None of the ${skipped.length} images can be read; the first: ${skipped[0]?.reason.replace(/\.$/, '')}`,
      where: 'images',
    });
  }
  const area = crop.size * crop.size;
  const average = (values: Float64Array, channel: number) =>
    values.subarray(channel * area, (channel + 1) * area).reduce((sum, value) => sum + value, 0) / (area * images);
  const planes = Array.from({ length: shape[0]! }, (_, channel) => channel);
  const mean = planes.map((channel) => average(sums, channel));
  return {
    mean,
    deviation: planes.map((channel) => Math.sqrt(Math.max(0, average(squares, channel) - mean[channel]! ** 2))),
    meanImage: { shape, data: Float32Array.from(sums, (sum) => sum / images) },
    images,
    skipped,
  };
}
