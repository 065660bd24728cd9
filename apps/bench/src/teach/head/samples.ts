import { epochOrder } from '@alexnet/core';
import type { DataBatch, DataSource } from '@alexnet/training';
import type { Features } from './features.ts';

interface Choice {
  readonly classes: readonly string[];
  /** Which images, by index. */
  readonly images: readonly number[];
}

/** Every view of these images as a sample of its own, in an order by chance. */
export function trainingSamples({ views, ...features }: Features, choice: Choice, seed: number): DataSource {
  const rows = choice.images.flatMap((image) => Array.from({ length: views }, (_, view) => image * views + view));
  return {
    classes: choice.classes,
    size: rows.length,
    async *batches({ epoch, from, batchSize }) {
      const order = [...epochOrder(rows.length, { seed, epoch })].map((place) => rows[place]!);
      for (let at = from * batchSize; at < order.length; at += batchSize) {
        const some = order.slice(at, at + batchSize);
        const labels = some.map((row) => features.labels[Math.floor(row / views)]!);
        yield batchOf(features, some, labels);
      }
    },
  };
}

/** These images as the network sees them when it classifies, in order; with ten crops, those of an image together. */
export function heldOutSamples({ views, seen, ...features }: Features, { classes, images }: Choice): DataSource {
  return {
    classes,
    size: images.length,
    async *batches({ from, batchSize }) {
      for (let at = from * batchSize; at < images.length; at += batchSize) {
        const some = images.slice(at, at + batchSize);
        const rows = some.flatMap((image) => Array.from({ length: seen }, (_, view) => image * views + view));
        const labels = some.map((image) => features.labels[image]!);
        yield batchOf(features, rows, labels);
      }
    },
  };
}

function batchOf(
  { data, size }: Pick<Features, 'data' | 'size'>,
  rows: readonly number[],
  labels: number[],
): DataBatch {
  const chosen = new Float32Array(rows.length * size);
  for (const [n, row] of rows.entries()) chosen.set(data.subarray(row * size, (row + 1) * size), n * size);
  return { images: { shape: [rows.length, size], data: chosen }, labels, skipped: [] };
}
