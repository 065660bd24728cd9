import type { TrainingSetting } from '../settings.ts';
import type { Update } from '../trajectory.ts';
import { type TrainingMistake, updating } from './mistake.ts';

const hasMomentum = ({ optimiser: { rule } }: TrainingSetting) => rule.kind === 'sgd' && rule.momentum > 0;
const decays = ({ optimiser: { rule } }: TrainingSetting) => rule.kind === 'sgd' && rule.weightDecay > 0;

const SGD_FIX = 'v = momentum v - weightDecay r w - r g;  w = w + v.';
/** v = momentum v + step; w = w + v. */
function move({ w, slots: [v] }: Update, i: number, momentum: number, step: number): void {
  const next = v === undefined ? step : momentum * v[i]! + step;
  if (v !== undefined) v[i] = next;
  w[i]! += next;
}

export const sgdMistakes: readonly TrainingMistake[] = [
  updating(
    'sgd',
    'rate-outside-velocity',
    'The learning rate multiplies the velocity, not the gradient: it changes what earlier steps left',
    SGD_FIX,
    ({ rule, rates: { learningRate: r, weightDecay }, w, g, slots: [v] }, i) => {
      v![i] = rule.momentum * v![i]! + g[i]! + weightDecay * w[i]!;
      w[i]! -= r * v![i];
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
      w[i]! += rule.momentum * v![i] + step;
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
