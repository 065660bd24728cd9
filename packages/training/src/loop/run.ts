import { countNonFinite, type Weights } from '@alexnet/core';
import { learningRateAt } from '../schedule/schedule.ts';
import { DivergedError } from './diverged.ts';
import { checkResumption, type TrainOptions } from './options.ts';
import { createPace, type Pace } from './pace.ts';
import { progressAtStart, type TrainingProgress } from './progress.ts';

/** A training under way. `progress` is replaced after each batch. */
export interface Run {
  readonly options: TrainOptions;
  readonly stepsPerEpoch: number;
  readonly pace: Pace;
  progress: TrainingProgress;
  bestWeights: Weights | undefined;
  /** The last checkpoint: what it holds, its name, and when it was written. */
  saved: { readonly progress: TrainingProgress; readonly name: string | undefined; readonly at: number } | undefined;
  readonly startedAt: number;
  /** Undefined before the first. */
  secondsPerValidation: number | undefined;
}

export async function startRun(options: TrainOptions): Promise<Run> {
  const { trainer, from, data, batchSize, now = () => performance.now() } = options;
  if (from !== undefined) {
    checkResumption(options, from);
    await trainer.load(from.checkpoint.state);
  }
  const progress = from?.checkpoint.progress ?? progressAtStart;
  return {
    options: { ...options, now },
    stepsPerEpoch: Math.ceil(data.size / batchSize),
    pace: createPace(now),
    progress,
    bestWeights: from?.bestWeights,
    saved: from && { progress, name: from.name, at: now() },
    startedAt: now(),
    secondsPerValidation: undefined,
  };
}

/** The learning rate of a step of the epoch that is under way. */
export function rateOf({ options: { schedule, epochs }, progress, stepsPerEpoch }: Run, at: number): number {
  const totalSteps = epochs * stepsPerEpoch;
  return learningRateAt(schedule, { step: at, stepsPerEpoch, totalSteps, drops: progress.plateau.drops });
}

/** What is not finite is not worth keeping: a checkpoint of it would push out those that are of use. Errors: `DivergedError`. */
export function checkFinite(run: Run, weights: Weights): void {
  const [first] = countNonFinite(weights);
  if (first !== undefined) throw diverged(run, `${first.name} holds values that are not finite`);
}

export function diverged(run: Run, what: string): DivergedError {
  const { epoch, step: at } = run.progress;
  return new DivergedError({ step: at, epoch, learningRate: rateOf(run, at), what, checkpoint: run.saved?.name });
}
