import { AlexNetError, inferTrainingShapes, type Trainer, type TrainingGraph, type UpdateRule } from '@alexnet/core';
import type { TrainingSetup } from '../checkpoint/checkpoint.ts';
import type { Resumption } from '../checkpoint/keep.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import { checkSchedule, type Schedule } from '../schedule/schedule.ts';
import type { DataSource } from './data-source.ts';

/** What of the validation set decides which weights are best, and when to stop. */
export type Watched = 'loss' | 'accuracy';

export interface CheckpointOptions {
  readonly store: CheckpointStore;
  /** Besides the end of each epoch. */
  readonly everySteps?: number;
  readonly everySeconds?: number;
  /** How many are kept. Default 2. */
  readonly keep?: number;
}

export interface TrainOptions {
  /** Of any backend, compiled from `training` with the weights to begin with. Stays the caller's. */
  readonly trainer: Trainer;
  readonly training: TrainingGraph;
  /** That the trainer was compiled with: a checkpoint keeps its state. */
  readonly rule: UpdateRule;
  readonly data: DataSource;
  readonly validation?: DataSource;
  readonly schedule: Schedule;
  readonly epochs: number;
  readonly batchSize: number;
  /** An unsigned 32-bit integer: dropout is a function of it; a source should make order and augmentation of the same. */
  readonly seed: number;
  /**
   * Plain data under names for people that must stay when a training goes on: how images are prepared and changed, the loss. A checkpoint of
   * a training with others is refused.
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Default `accuracy`. */
  readonly watch?: Watched;
  /** Ends the training after so many epochs without a better validation. */
  readonly earlyStopping?: { readonly patience: number };
  readonly checkpoints?: CheckpointOptions;
  /** Goes on from here. Schedule and number of epochs may be others than before. */
  readonly from?: Resumption;
  /** When it fires, the training writes a checkpoint and throws `aborted`. */
  readonly signal?: AbortSignal;
  /** A clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

/** What must stay when a training goes on. */
export type TrainingFacts = Pick<TrainOptions, 'training' | 'rule' | 'seed' | 'batchSize' | 'data' | 'settings'>;

export function setupOf({ training, rule, seed, batchSize, data, settings = {} }: TrainingFacts): TrainingSetup {
  const all = {
    input: training.network.inputs,
    'list of trained parameters': training.gradients.map(({ parameter }) => parameter),
    ...settings,
  };
  return {
    network: training.name,
    rule,
    seed,
    batchSize,
    classes: data.classes,
    size: data.size,
    settings: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, JSON.stringify(value ?? null)])),
  };
}

/**
 * Of a batch: two where batch norm is over flat values, whose variance over a single image is 0. A smaller batch, such as the last of an
 * epoch, is left out.
 */
export function fewestImages({ statistics }: TrainingGraph): number {
  return statistics.some(({ places }) => places === 1) ? 2 : 1;
}

/** Errors: `invalid-input`, before anything was computed. */
export function checkOptions(options: TrainOptions): void {
  const { training, data, validation, schedule, earlyStopping, checkpoints, seed } = options;
  checkSchedule(schedule);
  for (const name of ['epochs', 'batchSize'] as const) atLeast1(options[name], name);
  if (options.batchSize < fewestImages(training)) {
    throw invalid('A batch norm over flat values needs batches of two images or more', 'batchSize');
  }
  if (seed >>> 0 !== seed) throw invalid(`The seed ${seed} is not an unsigned 32-bit integer`, 'seed');
  for (const name of ['everySteps', 'everySeconds', 'keep'] as const) {
    const value = checkpoints?.[name];
    if (value !== undefined) atLeast1(value, `checkpoints.${name}`);
  }
  if (data.size === 0)
    throw invalid('The training set has no images', 'data', 'Give a set with images of every class.');
  if (data.classes.length < 2) {
    throw invalid(`There is only one class, ${data.classes[0]}: nothing to tell apart`, 'data');
  }
  const [scores] = inferTrainingShapes(training).values.get(training.scores)!;
  if (scores !== data.classes.length) {
    throw invalid(`The network tells ${scores} classes apart, and the training set has ${data.classes.length}`, 'data');
  }
  if (earlyStopping !== undefined) atLeast1(earlyStopping.patience, 'earlyStopping.patience');
  const needs = schedule.kind === 'plateau' ? 'The schedule plateau' : earlyStopping && 'Early stopping';
  if (validation === undefined) {
    if (needs === undefined) return;
    throw invalid(`${needs} watches the validation set, and there is none`, 'validation', 'Give one, or do without.');
  }
  if (validation.size === 0) {
    throw invalid('The validation set has no images', 'validation', 'Give images, or leave the set out.');
  }
  if (!same(validation.classes, data.classes)) {
    throw invalid('The validation set has other classes than the training set', 'validation', 'Open it with these.');
  }
}

/** `train` checks it too; before, it costs nothing. Errors: `invalid-input` for a checkpoint of another training, or without the best weights that it names. */
export function checkResumption(facts: TrainingFacts, { checkpoint, bestWeights }: Resumption): void {
  const { setup, progress } = checkpoint;
  if (progress.best !== undefined && bestWeights === undefined) {
    throw invalid('The best weights of the checkpoint are missing', 'from', 'Open it with latestCheckpoint.');
  }
  const [before, now] = [factsOf(setup), factsOf(setupOf(facts))];
  const differ = [...new Set([...now.keys(), ...before.keys()])].find((key) => !same(before.get(key), now.get(key)));
  if (differ === undefined) return;
  const shown = (value: unknown) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not known');
    return text.length > 80 ? `${text.slice(0, 80)}...` : text;
  };
  throw invalid(
    `The checkpoint is of another training: its ${differ} is ${shown(before.get(differ))}, not ${shown(now.get(differ))}`,
    'checkpoint',
    'Go on with the settings that it began with, or begin anew elsewhere.',
  );
}

/** By names for people. */
function factsOf({ network, rule, seed, batchSize, classes, size, settings }: TrainingSetup): Map<string, unknown> {
  return new Map<string, unknown>([
    ['network', network],
    ['optimiser', rule],
    ['seed', seed],
    ['batch size', batchSize],
    ['list of classes', classes],
    ['number of images', size],
    ...Object.entries(settings),
  ]);
}

/** Of plain data, whose fields come in any order. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => same(value, right.get(key)));
}

function atLeast1(value: number, name: string): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw invalid(`${name} must be a whole number from 1, got ${value}`, name);
}

function invalid(message: string, where: string, fix?: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message, where, ...(fix === undefined ? {} : { fix }) });
}
