import { AlexNetError, type Graph, type Tensor, throwIfAborted } from '@alexnet/core';
import { meanOfCrops } from '../metrics/mean-of-crops.ts';
import { createTally, type Metrics, type OutputKind } from '../metrics/tally.ts';
import { ahead } from './ahead.ts';
import type { DataSource, SkippedImage } from './data-source.ts';

export interface MeasureOptions {
  readonly data: DataSource;
  readonly batchSize: number;
  /** What the network says of images: [N, classes]. */
  predict(images: Tensor): Promise<Tensor>;
  /** What that is. Default: probabilities. */
  readonly output?: OutputKind;
  /** How many crops of each image the source gives, whose probabilities are averaged. Default 1. */
  readonly crops?: number;
  readonly signal?: AbortSignal;
}

export interface MeasureEvent {
  /** Images until here, those that were skipped too. */
  readonly done: number;
  readonly total: number;
  readonly skipped: readonly SkippedImage[];
}

/** Batches that are made while one is computed with. */
const AHEAD = 2;

/**
 * Runs a network over a set and compares with its labels; tells after each batch how far it is, and returns the metrics.
 * Errors: `invalid-input` (an empty set, no image that can be read), `aborted`, those of the source and of `predict`.
 */
export async function* measure(options: MeasureOptions): AsyncGenerator<MeasureEvent, Metrics, undefined> {
  const { data, batchSize, predict, output = 'probabilities', crops = 1, signal } = options;
  if (data.size === 0) throw invalid('The set has no images', 'Give a set with images of every class.');
  const tally = createTally(data.classes.length, output);
  const batches = data.batches({ epoch: 0, from: 0, batchSize, ...(signal && { signal }) });
  let done = 0;
  for await (const { images, labels, skipped } of ahead(batches, AHEAD)) {
    throwIfAborted(signal, 'measure');
    if (labels.length > 0) {
      const scores = await predict(images);
      tally.add(crops === 1 ? scores : meanOfCrops(scores, crops), labels);
    }
    done += labels.length + skipped.length;
    yield { done, total: data.size, skipped };
  }
  const metrics = tally.metrics();
  if (metrics.samples === 0) {
    throw invalid(`None of the ${data.size} images can be used`, 'The skipped images say why.');
  }
  return metrics;
}

/** Whether a network ends in a softmax. */
export function outputKind({ nodes, outputs }: Graph): OutputKind {
  return nodes.find(({ name }) => name === outputs[0])?.op === 'softmax' ? 'probabilities' : 'logits';
}

function invalid(message: string, fix: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where: 'measure', fix });
}
