import type { PlateauState } from '../schedule/plateau.ts';
import { plateauAtStart } from '../schedule/plateau.ts';
import type { LossCurve } from './loss-curve.ts';
import { emptyCurve } from './loss-curve.ts';

/** One epoch that is over. */
export interface EpochRecord {
  /** Counted from 0. */
  readonly epoch: number;
  /** Steps until its end, over all epochs. */
  readonly step: number;
  /** Of its last step. */
  readonly learningRate: number;
  /** Over its steps, each before its update: loss with penalties, share of samples that were right. */
  readonly training: { readonly loss: number; readonly accuracy: number };
  /** After it, where there is a validation set. */
  readonly validation?: { readonly loss: number; readonly top1: number; readonly top5: number };
}

/** What the epoch that is under way adds up to. */
export interface Sums {
  readonly samples: number;
  /** Sum over samples of their batch's mean loss. */
  readonly loss: number;
  readonly hits: number;
}

/** The epoch with the best weights. */
export interface Best {
  readonly epoch: number;
  /** The validation loss or top-1 accuracy. */
  readonly value: number;
  /** The name of its weights in the store, where there is one. */
  readonly file?: string;
}

/** Where a training is: with a trainer's state, all that it needs to go on. Plain data. */
export interface TrainingProgress {
  /** The epoch that is under way. */
  readonly epoch: number;
  /** Batches of it that are done. */
  readonly batch: number;
  /** Batches that are done, over all epochs. */
  readonly step: number;
  readonly sums: Sums;
  readonly plateau: PlateauState;
  readonly best: Best | undefined;
  /** Epochs since the best. */
  readonly stalled: number;
  readonly history: readonly EpochRecord[];
  readonly curve: LossCurve;
}

export const noSums: Sums = { samples: 0, loss: 0, hits: 0 };

export const progressAtStart: TrainingProgress = {
  epoch: 0,
  batch: 0,
  step: 0,
  sums: noSums,
  plateau: plateauAtStart,
  best: undefined,
  stalled: 0,
  history: [],
  curve: emptyCurve,
};
