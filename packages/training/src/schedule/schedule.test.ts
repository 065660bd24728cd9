import { describe, expect, it } from 'vitest';
import { plateauAfter, plateauAtStart } from './plateau.ts';
import { checkSchedule, learningRateAt, type Schedule } from './schedule.ts';

/** Ten steps an epoch, five epochs. */
const moment = { stepsPerEpoch: 10, totalSteps: 50 };

const rates: readonly { why: string; schedule: Schedule; at: readonly (readonly [step: number, rate: number])[] }[] = [
  {
    why: 'constant',
    schedule: { kind: 'constant', rate: 0.01 },
    at: [
      [0, 0.01],
      [49, 0.01],
    ],
  },
  {
    why: 'step, every 15 steps: the 15th step is the first of the second interval',
    schedule: { kind: 'step', rate: 1, gamma: 0.1, every: { steps: 15 } },
    at: [
      [0, 1],
      [14, 1],
      [15, 0.1],
      [30, 0.01],
    ],
  },
  {
    why: 'step, every 2 epochs',
    schedule: { kind: 'step', rate: 1, gamma: 0.5, every: { epochs: 2 } },
    at: [
      [19, 1],
      [20, 0.5],
      [40, 0.25],
    ],
  },
  {
    why: 'step, milestones that are not evenly spaced',
    schedule: { kind: 'step', rate: 1, gamma: 0.1, every: { milestones: [1, 4] } },
    at: [
      [9, 1],
      [10, 0.1],
      [39, 0.1],
      [40, 0.01],
    ],
  },
  {
    why: 'cosine: all, half and what is left',
    schedule: { kind: 'cosine', rate: 0.1, final: 0.02 },
    at: [
      [0, 0.1],
      [25, 0.06],
      [50, 0.02],
      [70, 0.02],
    ],
  },
  {
    why: 'inverse time',
    schedule: { kind: 'inverse-time', rate: 0.001, decay: 0.005 },
    at: [
      [0, 0.001],
      [200, 0.0005],
    ],
  },
  {
    why: 'warm-up of 4 steps: the last of them has the whole rate',
    schedule: { kind: 'constant', rate: 0.4, warmUp: { steps: 4 } },
    at: [
      [0, 0.1],
      [1, 0.2],
      [3, 0.4],
      [4, 0.4],
    ],
  },
  {
    why: 'warm-up before another schedule, which goes on from the first step',
    schedule: { kind: 'step', rate: 1, gamma: 0.1, every: { steps: 2 }, warmUp: { steps: 4 } },
    at: [
      [0, 0.25],
      [2, 0.075],
      [4, 0.01],
    ],
  },
];

it.each(rates)('gives the rates of $why', ({ schedule, at }) => {
  checkSchedule(schedule);
  for (const [step, rate] of at) expect(learningRateAt(schedule, { ...moment, step })).toBeCloseTo(rate, 12);
});

describe('plateau', () => {
  const schedule: Schedule = { kind: 'plateau', rate: 0.01, divisor: 10, patience: 2, times: 2 };

  it('divides after each stall of two epochs, twice at most', () => {
    const errors = [0.9, 0.8, 0.8, 0.85, 0.79, 0.79, 0.79, 0.79, 0.79, 0.79];
    let state = plateauAtStart;
    const seen = errors.map((error) => {
      state = plateauAfter(schedule, state, error);
      return learningRateAt(schedule, { ...moment, step: 7, drops: state.drops });
    });
    expect(seen).toEqual([0.01, 0.01, 0.01, 0.001, 0.001, 0.001, 0.0001, 0.0001, 0.0001, 0.0001]);
  });

  it('remembers nothing for other kinds', () => {
    expect(plateauAfter({ kind: 'constant', rate: 1 }, plateauAtStart, 0.5)).toEqual(plateauAtStart);
  });
});

const wrong: readonly { says: string; schedule: Schedule }[] = [
  { says: 'rate', schedule: { kind: 'constant', rate: 0 } },
  { says: 'rate', schedule: { kind: 'constant', rate: Number.NaN } },
  { says: 'gamma', schedule: { kind: 'step', rate: 1, gamma: -0.1, every: { epochs: 1 } } },
  { says: 'every.epochs', schedule: { kind: 'step', rate: 1, gamma: 0.1, every: { epochs: 0.5 } } },
  { says: 'every.steps', schedule: { kind: 'step', rate: 1, gamma: 0.1, every: { steps: 0 } } },
  { says: 'every.milestones', schedule: { kind: 'step', rate: 1, gamma: 0.1, every: { milestones: [5, 5] } } },
  { says: 'every.milestones', schedule: { kind: 'step', rate: 1, gamma: 0.1, every: { milestones: [Number.NaN] } } },
  { says: 'every.milestones', schedule: { kind: 'step', rate: 1, gamma: 0.1, every: { milestones: [1.5] } } },
  { says: 'every', schedule: { kind: 'step', rate: 1, gamma: 0.1, every: {} as never } },
  { says: 'kind', schedule: { kind: 'linear', rate: 1 } as never },
  { says: 'divisor', schedule: { kind: 'plateau', rate: 1, divisor: 0.1, patience: 1, times: 1 } },
  { says: 'patience', schedule: { kind: 'plateau', rate: 1, divisor: 10, patience: 0, times: 1 } },
  { says: 'final', schedule: { kind: 'cosine', rate: 0.1, final: 0.2 } },
  { says: 'decay', schedule: { kind: 'inverse-time', rate: 0.1, decay: -1 } },
  { says: 'warmUp.steps', schedule: { kind: 'constant', rate: 1, warmUp: { steps: 0 } } },
];

it.each(wrong)('refuses a bad $says: $schedule', ({ says, schedule }) => {
  expect(() => checkSchedule(schedule)).toThrow(`The schedule's ${says} must be`);
});
