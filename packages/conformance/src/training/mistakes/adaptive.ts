import type { Update } from '../trajectory.ts';
import { type TrainingMistake, updating } from './mistake.ts';

const RMS_FIX = 'a = rho a + (1 - rho) g^2;  w = w - r g / (sqrt(a) + epsilon).';
const ADA_FIX =
  'a = rho a + (1 - rho) g^2;  u = g sqrt(d + epsilon) / sqrt(a + epsilon);  w = w - r u;  d = rho d + (1 - rho) u^2.';

export const rmspropMistakes: readonly TrainingMistake[] = [
  updating(
    'rmsprop',
    'epsilon-inside-root',
    'epsilon is added before the root',
    RMS_FIX,
    ({ rule: { rho, epsilon }, rates: { learningRate: r }, w, g, slots: [a] }, i) => {
      a![i] = rho * a![i]! + (1 - rho) * g[i]! ** 2;
      w[i]! -= (r * g[i]!) / Math.sqrt(a![i] + epsilon);
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
      w[i]! -= (r * g[i]!) / (Math.sqrt(a![i]) + epsilon);
    },
  ),
  updating(
    'rmsprop',
    'rho-swapped',
    'rho and 1 - rho are swapped',
    RMS_FIX,
    ({ rule: { rho, epsilon }, rates: { learningRate: r }, w, g, slots: [a] }, i) => {
      a![i] = (1 - rho) * a![i]! + rho * g[i]! ** 2;
      w[i]! -= (r * g[i]!) / (Math.sqrt(a![i]) + epsilon);
    },
  ),
];

export const adadeltaMistakes: readonly TrainingMistake[] = [
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
  const u = swappedRoots ? (g[i]! * root(a![i])) / root(d![i]!) : (g[i]! * root(d![i]!)) / root(a![i]);
  w[i]! -= r * u;
  d![i] = rho * d![i]! + (1 - rho) * (rateInMean ? r * u : u) ** 2;
}
