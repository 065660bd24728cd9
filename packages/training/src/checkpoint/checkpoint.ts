import type { TrainerState, UpdateRule } from '@alexnet/core';
import type { TrainingProgress } from '../loop/progress.ts';

/** What a training that goes on must share with the one that was stopped, or its batches and updates would be others. */
export interface TrainingSetup {
  /** The network's name. */
  readonly network: string;
  readonly rule: UpdateRule;
  readonly seed: number;
  readonly batchSize: number;
  /** Names, by label. */
  readonly classes: readonly string[];
  /** Images of one epoch. */
  readonly size: number;
  /** Whatever else must stay, as JSON, under a name for people: the shape of the input, what is trained, how images are made. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A training as it was after a step. */
export interface Checkpoint {
  readonly setup: TrainingSetup;
  readonly progress: TrainingProgress;
  readonly state: TrainerState;
}
