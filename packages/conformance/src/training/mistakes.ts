import { clipFactor } from '@alexnet/core';
import type { TrainingSetting } from './settings.ts';
import { type Differences, follow, type Statistic, squaresOf, type Update } from './trajectory.ts';

/** A mistake of an optimiser, or of the order in which a step does things. */
export interface TrainingMistake {
  readonly id: string;
  readonly cause: string;
  readonly fix: string;
  /** Undefined where the setting has nothing of it. */
  differences(setting: TrainingSetting): TrainingDifferences | undefined;
}

/** What both the oracle's trainer and one that the self-test alters can do otherwise. */
export type TrainingDifferences = Pick<Differences, 'update' | 'clip' | 'statistic' | 'order'>;

type Kind = Update['rule']['kind'];

/** Another update of one rule, element by element. */
const updating = <K extends Kind>(
  kind: K,
  id: string,
  cause: string,
  fix: string,
  each: (call: Update & { readonly rule: Extract<Update['rule'], { kind: K }> }, i: number) => void,
  where: (setting: TrainingSetting) => boolean = () => true,
): TrainingMistake => ({
  id: `${kind}/${id}`,
  cause,
  fix,
  differences: (setting) =>
    setting.optimiser.rule.kind !== kind || !where(setting)
      ? undefined
      : {
          update(call) {
            for (let i = 0; i < call.w.length; i++) each(call as never, i);
          },
        },
});

const hasMomentum = ({ optimiser: { rule } }: TrainingSetting) => rule.kind === 'sgd' && rule.momentum > 0;
const decays = ({ optimiser: { rule } }: TrainingSetting) => rule.kind === 'sgd' && rule.weightDecay > 0;

const SGD_FIX = 'v = momentum v - weightDecay r w - r g;  w = w + v.';
const RMS_FIX = 'a = rho a + (1 - rho) g^2;  w = w - r g / (sqrt(a) + epsilon).';
const ADA_FIX =
  'a = rho a + (1 - rho) g^2;  u = g sqrt(d + epsilon) / sqrt(a + epsilon);  w = w - r u;  d = rho d + (1 - rho) u^2.';

/** v = momentum v + step; w = w + v. */
function move({ w, slots: [v] }: Update, i: number, momentum: number, step: number): void {
  const next = v === undefined ? step : momentum * v[i]! + step;
  if (v !== undefined) v[i] = next;
  w[i]! += next;
}

const sgd: readonly TrainingMistake[] = [
  updating(
    'sgd',
    'rate-outside-velocity',
    'The learning rate multiplies the velocity, not the gradient: it changes what earlier steps left',
    SGD_FIX,
    ({ rule, rates: { learningRate: r, weightDecay }, w, g, slots: [v] }, i) => {
      v![i] = rule.momentum * v![i]! + g[i]! + weightDecay * w[i]!;
      w[i]! -= r * v![i]!;
    },
    hasMomentum,
  ),
  updating(
    'sgd',
    'nesterov',
    "The update looks ahead, as Nesterov's does",
    SGD_FIX,
    ({ rule, rates: { learningRate: r, weightDecay }, w, g, slots: [v] }, i) => {
      const step = -weightDecay * r * w[i]! - r * g[i]!;
      v![i] = rule.momentum * v![i]! + step;
      w[i]! += rule.momentum * v![i]! + step;
    },
    hasMomentum,
  ),
  updating(
    'sgd',
    'no-momentum',
    'There is no velocity',
    SGD_FIX,
    ({ rates: { learningRate: r, weightDecay }, w, g }, i) => {
      w[i]! -= r * (g[i]! + weightDecay * w[i]!);
    },
    hasMomentum,
  ),
  updating(
    'sgd',
    'damped',
    'The gradient is multiplied with 1 - momentum',
    SGD_FIX,
    (call, i) => {
      const {
        rule,
        rates: { learningRate: r, weightDecay },
        w,
        g,
      } = call;
      move(call, i, rule.momentum, -weightDecay * r * w[i]! - (1 - rule.momentum) * r * g[i]!);
    },
    hasMomentum,
  ),
  updating(
    'sgd',
    'decay-decoupled',
    'The decay is taken from the weights beside the velocity',
    SGD_FIX,
    (call, i) => {
      const {
        rule,
        rates: { learningRate: r, weightDecay },
        w,
        g,
      } = call;
      const decay = weightDecay * r * w[i]!;
      move(call, i, rule.momentum, -r * g[i]!);
      w[i]! -= decay;
    },
    (setting) => hasMomentum(setting) && decays(setting),
  ),
  updating(
    'sgd',
    'decay-without-rate',
    'The decay is not multiplied with the learning rate',
    SGD_FIX,
    (call, i) => {
      const {
        rule,
        rates: { learningRate: r, weightDecay },
        w,
        g,
      } = call;
      move(call, i, rule.momentum, -weightDecay * w[i]! - r * g[i]!);
    },
    decays,
  ),
  updating(
    'sgd',
    'no-decay',
    'There is no weight decay',
    SGD_FIX,
    (call, i) => {
      move(call, i, call.rule.momentum, -call.rates.learningRate * call.g[i]!);
    },
    decays,
  ),
  updating('sgd', 'gradient-added', 'The gradient is added, not subtracted', 'Go against the gradient.', (call, i) => {
    const {
      rule,
      rates: { learningRate: r, weightDecay },
      w,
      g,
    } = call;
    move(call, i, rule.momentum, -weightDecay * r * w[i]! + r * g[i]!);
  }),
  ...(['weightDecay', 'learningRate'] as const).map(
    (of): TrainingMistake => ({
      id: of === 'weightDecay' ? 'sgd/decay-on-biases' : 'sgd/multipliers-ignored',
      cause:
        of === 'weightDecay'
          ? 'Biases decay like weights: their multiplier of the decay is ignored'
          : 'The multipliers of the learning rate are ignored',
      fix: 'Rate and decay of a parameter are those of all times its multipliers.',
      differences({ optimiser: { rule, multipliers } }) {
        if (rule.kind !== 'sgd' || multipliers === undefined) return undefined;
        return {
          update(call) {
            const {
              w,
              g,
              rates: { learningRate, weightDecay },
            } = call;
            const slow = of === 'learningRate' && weightDecay === 0 ? learningRate / 2 : learningRate;
            const decay = of === 'weightDecay' ? rule.weightDecay : weightDecay;
            for (let i = 0; i < w.length; i++) move(call, i, rule.momentum, -decay * slow * w[i]! - slow * g[i]!);
          },
        };
      },
    }),
  ),
];

const rmsprop: readonly TrainingMistake[] = [
  updating(
    'rmsprop',
    'epsilon-inside-root',
    'epsilon is added before the root',
    RMS_FIX,
    ({ rule: { rho, epsilon }, rates: { learningRate: r }, w, g, slots: [a] }, i) => {
      a![i] = rho * a![i]! + (1 - rho) * g[i]! ** 2;
      w[i]! -= (r * g[i]!) / Math.sqrt(a![i]! + epsilon);
    },
  ),
  updating(
    'rmsprop',
    'old-mean',
    'The gradient is divided by the mean of the steps before',
    RMS_FIX,
    ({ rule: { rho, epsilon }, rates: { learningRate: r }, w, g, slots: [a] }, i) => {
      w[i]! -= (r * g[i]!) / (Math.sqrt(a![i]!) + epsilon);
      a![i] = rho * a![i]! + (1 - rho) * g[i]! ** 2;
    },
  ),
  updating(
    'rmsprop',
    'sum-of-squares',
    'The squares are added up, as in Adagrad',
    RMS_FIX,
    ({ rule: { epsilon }, rates: { learningRate: r }, w, g, slots: [a] }, i) => {
      a![i] = a![i]! + g[i]! ** 2;
      w[i]! -= (r * g[i]!) / (Math.sqrt(a![i]!) + epsilon);
    },
  ),
  updating(
    'rmsprop',
    'rho-swapped',
    'rho and 1 - rho are swapped',
    RMS_FIX,
    ({ rule: { rho, epsilon }, rates: { learningRate: r }, w, g, slots: [a] }, i) => {
      a![i] = (1 - rho) * a![i]! + rho * g[i]! ** 2;
      w[i]! -= (r * g[i]!) / (Math.sqrt(a![i]!) + epsilon);
    },
  ),
];

const adadelta: readonly TrainingMistake[] = [
  updating('adadelta', 'rate-ignored', 'The learning rate is left out, as in the article', ADA_FIX, (call, i) =>
    adadeltaStep(call, i, { rate: 1 }),
  ),
  updating(
    'adadelta',
    'roots-swapped',
    'The two means are taken for each other: the update is divided by the root of the squared updates',
    ADA_FIX,
    (call, i) => adadeltaStep(call, i, { swappedRoots: true }),
  ),
  updating(
    'adadelta',
    'update-squared-with-rate',
    'The mean of the squared updates has the learning rate in it',
    ADA_FIX,
    (call, i) => adadeltaStep(call, i, { rateInMean: true }),
  ),
  updating('adadelta', 'epsilon-outside-root', 'epsilon is added after the root', ADA_FIX, (call, i) =>
    adadeltaStep(call, i, { outside: true }),
  ),
];

interface AdadeltaChanges {
  readonly rate?: number;
  readonly rateInMean?: true;
  readonly outside?: true;
  /** The ratio is upside down: the root of the squared gradients over that of the updates. */
  readonly swappedRoots?: true;
}

function adadeltaStep(call: Update, i: number, { rate, rateInMean, outside, swappedRoots }: AdadeltaChanges): void {
  const {
    rule,
    rates,
    w,
    g,
    slots: [a, d],
  } = call;
  if (rule.kind !== 'adadelta') return;
  const { rho, epsilon } = rule;
  const r = rate ?? rates.learningRate;
  const root = (value: number) => (outside ? Math.sqrt(value) + epsilon : Math.sqrt(value + epsilon));
  a![i] = rho * a![i]! + (1 - rho) * g[i]! ** 2;
  const u = swappedRoots ? (g[i]! * root(a![i]!)) / root(d![i]!) : (g[i]! * root(d![i]!)) / root(a![i]!);
  w[i]! -= r * u;
  d![i] = rho * d![i]! + (1 - rho) * (rateInMean ? r * u : u) ** 2;
}

const clips = ({ optimiser }: TrainingSetting) => optimiser.clipNorm !== undefined;
const clipping = (id: string, cause: string, clip: NonNullable<TrainingDifferences['clip']>): TrainingMistake => ({
  id: `clip/${id}`,
  cause,
  fix: 'Multiply all gradients with min(1, clipNorm / the norm of all of them together).',
  differences: (setting) => (clips(setting) ? { clip } : undefined),
});

const clip: readonly TrainingMistake[] = [
  clipping('each-alone', 'Each parameter is clipped by its own norm', (gradients, limit) =>
    gradients.map((g) => clipFactor(limit, Math.sqrt(squaresOf(g)))),
  ),
  clipping('not', 'Gradients are not clipped', (gradients) => gradients.map(() => 1)),
  clipping('always', 'Gradients are scaled up, too, where their norm is smaller', (gradients, limit) => {
    const norm = Math.sqrt(gradients.reduce((sum, g) => sum + squaresOf(g), 0));
    return gradients.map(() => limit! / norm);
  }),
];

const moving = (
  id: string,
  cause: string,
  fix: string,
  change: (call: Statistic) => Statistic | undefined,
): TrainingMistake => ({
  id: `batchNorm/${id}`,
  cause,
  fix,
  differences: ({ training }) =>
    training.statistics.length === 0
      ? undefined
      : {
          statistic(call) {
            const changed = change(call);
            if (changed !== undefined) follow(changed);
          },
        },
});

const MOVING_FIX = 'moving = momentum * moving + (1 - momentum) * that of the batch, a variance times M / (M - 1).';
const statistics: readonly TrainingMistake[] = [
  moving(
    'moving-variance-biased',
    'The moving variance follows the variance over M, without M / (M - 1)',
    MOVING_FIX,
    (call) => ({ ...call, statistic: { ...call.statistic, kind: 'mean' } }),
  ),
  moving('momentum-swapped', 'momentum and 1 - momentum are swapped in the moving statistics', MOVING_FIX, (call) => ({
    ...call,
    statistic: { ...call.statistic, momentum: 1 - call.statistic.momentum },
  })),
  moving('statistics-stay', 'The moving statistics do not move', MOVING_FIX, () => undefined),
];

const orders: readonly TrainingMistake[] = [
  {
    id: 'step/stale-weights',
    cause: 'A step reads the weights from before the update of the step before',
    fix: 'Read the buffer that the update wrote: swap after it, or wait for it.',
    differences: () => ({ order: 'stale-weights' }),
  },
  {
    id: 'step/update-at-once',
    cause: 'A weight is updated as soon as its gradient is there, and the gradients before it read the new one',
    fix: 'Compute all gradients first, then update.',
    differences: ({ optimiser }) => (optimiser.clipNorm === undefined ? { order: 'update-at-once' } : undefined),
  },
];

/** The most common first. */
export const trainingMistakes: readonly TrainingMistake[] = [
  ...sgd,
  ...rmsprop,
  ...adadelta,
  ...clip,
  ...statistics,
  ...orders,
];
