import type { Metrics } from '../metrics/tally.ts';
import type { SkippedImage } from './data-source.ts';
import type { EpochRecord } from './progress.ts';

/** What happens in a training. Epochs and steps are counted from 0. */
export type TrainingEvent =
  | {
      readonly kind: 'step';
      readonly epoch: number;
      /** Over all epochs. */
      readonly step: number;
      /** Batches of the epoch that are done, this one too, and how many it has. */
      readonly done: number;
      readonly batches: number;
      /** Of this batch, with penalties, before the update. */
      readonly loss: number;
      /** Of the epoch so far. */
      readonly accuracy: number;
      readonly learningRate: number;
      /** Of the last steps, the wait for data included. */
      readonly imagesPerSecond: number;
      /** Until all epochs are over; without validation in the first epoch. */
      readonly secondsLeft: number;
    }
  | { readonly kind: 'skipped'; readonly set: 'training' | 'validation'; readonly image: SkippedImage }
  | { readonly kind: 'measuring'; readonly epoch: number; readonly done: number; readonly total: number }
  | {
      readonly kind: 'epoch';
      readonly record: EpochRecord;
      /** Of the validation set, where there is one. */
      readonly metrics?: Metrics;
      /** Whether its weights are the best so far. */
      readonly best: boolean;
    }
  /** All of the training until here is in the store, under this name. */
  | { readonly kind: 'checkpoint'; readonly name: string; readonly step: number };
