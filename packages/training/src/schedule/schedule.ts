import { AlexNetError } from '@alexnet/core';

/*
 * The learning rate over a training, as plain data. What depends on the validation error is in the state of `plateau.ts`, so that
 * the rate of a step is a pure function.
 */

export interface WarmUp {
  /** The rate grows linearly over the first steps: at step s it is (s + 1) / steps of what it would be (Goyal et al. 2017). */
  readonly warmUp?: { readonly steps: number };
}

export type Schedule = WarmUp &
  (
    | { readonly kind: 'constant'; readonly rate: number }
    /** rate * gamma^n after n intervals (Caffe's `step`) or milestones (its `multistep`). */
    | {
        readonly kind: 'step';
        readonly rate: number;
        readonly gamma: number;
        readonly every:
          | { readonly steps: number }
          | { readonly epochs: number }
          /** Epochs, counted from 0, from which the rate is lower; ascending. */
          | { readonly milestones: readonly number[] };
      }
    /** Divided by `divisor` when the validation error has not improved for `patience` epochs, at most `times` (Krizhevsky et al. 2012: 10, three times). */
    | {
        readonly kind: 'plateau';
        readonly rate: number;
        readonly divisor: number;
        readonly patience: number;
        readonly times: number;
      }
    /** Half a cosine from `rate` to `final`, which the step after the last would have (Loshchilov and Hutter 2017, without restarts). */
    | { readonly kind: 'cosine'; readonly rate: number; readonly final: number }
    /** rate / (1 + decay * step): `decay` of the optimisers of Keras 2. */
    | { readonly kind: 'inverse-time'; readonly rate: number; readonly decay: number }
  );

/** Where a training is. */
export interface ScheduleMoment {
  /** Steps that came before, over all epochs. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Of the whole training. */
  readonly totalSteps: number;
  /** How often the plateau divided the rate. Default 0. */
  readonly drops?: number;
}

/** The learning rate of one step. */
export function learningRateAt(schedule: Schedule, moment: ScheduleMoment): number {
  const { warmUp } = schedule;
  const warm = warmUp === undefined ? 1 : Math.min(1, (moment.step + 1) / warmUp.steps);
  return warm * rateAt(schedule, moment);
}

function rateAt(schedule: Schedule, { step, stepsPerEpoch, totalSteps, drops = 0 }: ScheduleMoment): number {
  const { rate } = schedule;
  switch (schedule.kind) {
    case 'constant':
      return rate;
    case 'step':
      return rate * schedule.gamma ** intervals(schedule.every, step, stepsPerEpoch);
    case 'plateau':
      return rate / schedule.divisor ** drops;
    case 'cosine': {
      const part = Math.min(1, step / totalSteps);
      return schedule.final + ((rate - schedule.final) * (1 + Math.cos(Math.PI * part))) / 2;
    }
    case 'inverse-time':
      return rate / (1 + schedule.decay * step);
  }
}

type Every = Extract<Schedule, { kind: 'step' }>['every'];

function intervals(every: Every, step: number, stepsPerEpoch: number): number {
  if ('steps' in every) return Math.floor(step / every.steps);
  const epoch = Math.floor(step / stepsPerEpoch);
  if ('epochs' in every) return Math.floor(epoch / every.epochs);
  return every.milestones.filter((milestone) => epoch >= milestone).length;
}

/** Errors: `invalid-input`, naming the number that is out of range. */
export function checkSchedule(schedule: Schedule): void {
  positive(schedule.rate, 'rate');
  if (schedule.warmUp !== undefined) whole(schedule.warmUp.steps, 'warmUp.steps');
  switch (schedule.kind) {
    case 'constant':
      return;
    case 'step': {
      positive(schedule.gamma, 'gamma');
      const { every } = schedule;
      if ('steps' in every) whole(every.steps, 'every.steps');
      else if ('epochs' in every) whole(every.epochs, 'every.epochs');
      else if (!('milestones' in every)) throw invalid('must be steps, epochs or milestones', 'every');
      else if (!every.milestones.every((at, i, all) => Number.isSafeInteger(at) && at > (all[i - 1] ?? 0))) {
        throw invalid(`must be ascending whole numbers from 1, not ${every.milestones.join(', ')}`, 'every.milestones');
      }
      return;
    }
    case 'plateau':
      if (!(schedule.divisor > 1)) throw invalid(`must be above 1, not ${schedule.divisor}`, 'divisor');
      whole(schedule.patience, 'patience');
      whole(schedule.times, 'times');
      return;
    case 'cosine':
      if (!(schedule.final >= 0 && schedule.final <= schedule.rate)) {
        throw invalid(`must be from 0 to the rate ${schedule.rate}, not ${schedule.final}`, 'final');
      }
      return;
    case 'inverse-time':
      if (!(schedule.decay >= 0 && Number.isFinite(schedule.decay))) {
        throw invalid(`must be 0 or more, not ${schedule.decay}`, 'decay');
      }
      return;
    default:
      throw invalid(`must be one that there is, not ${String((schedule as { kind?: unknown }).kind)}`, 'kind');
  }
}

function positive(value: number, name: string): void {
  if (!(value > 0 && Number.isFinite(value))) throw invalid(`must be above 0, not ${value}`, name);
}

function whole(value: number, name: string): void {
  if (!(Number.isInteger(value) && value > 0)) throw invalid(`must be a whole number above 0, not ${value}`, name);
}

function invalid(message: string, name: string): AlexNetError {
  return new AlexNetError({ code: 'invalid-input', message: `The schedule's ${name} ${message}`, where: 'schedule' });
}
