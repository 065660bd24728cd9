import { clipFactor, statisticFactor } from '@alexnet/core';
import type { StatisticCall, TrainingAlteration, UpdateCall } from '../altered-trainer.ts';
import { dots } from './dots.ts';
import { float32Gradient } from './float32-gradients.ts';
import type { Ways } from './gather.ts';

const { fround, sqrt } = Math;

/* Correct float32 backends for training, which add up in different orders. */

/** All arithmetic of a training in float32. */
export function float32Training(ways: Ways): TrainingAlteration {
  return {
    node: float32Gradient(ways),
    update: (call) => update(call, ways),
    clip(gradients, clipNorm) {
      const squares = gradients.map((g) => ways.dot(g, g, 0));
      const factor = fround(clipFactor(clipNorm, fround(sqrt(squares.reduce((a, b) => fround(a + b))))));
      return gradients.map(() => factor);
    },
    statistic,
  };
}

export const trainingKernels: Readonly<Record<string, TrainingAlteration>> = {
  'one accumulator': float32Training({ dot: dots['one accumulator, bias last']!, folded: false }),
  'eight lanes, factors folded': float32Training({ dot: dots['eight lanes']!, folded: true }),
  'from the last term to the first': float32Training({ dot: dots['from the last term to the first']!, folded: false }),
};

/** Every product and sum is rounded; `folded`: products are taken together in another way. */
function update({ rule, rates, w, g, slots: [a, d] }: UpdateCall, { folded }: Ways): void {
  const [r, decay] = [fround(rates.learningRate), fround(rates.weightDecay)];
  for (let i = 0; i < w.length; i++) {
    if (rule.kind === 'sgd') {
      const step = folded
        ? fround(-r * fround(g[i]! + fround(decay * w[i]!)))
        : fround(fround(-fround(decay * r) * w[i]!) - fround(r * g[i]!));
      const v = a === undefined ? step : fround(fround(fround(rule.momentum) * a[i]!) + step);
      if (a !== undefined) a[i] = v;
      w[i] = w[i]! + v;
      continue;
    }
    const [rho, rest, epsilon] = [fround(rule.rho), fround(1 - rule.rho), fround(rule.epsilon)];
    const follow = (mean: number, value: number) =>
      folded
        ? fround(mean + fround(rest * fround(fround(value ** 2) - mean)))
        : fround(fround(rho * mean) + fround(rest * fround(value ** 2)));
    a![i] = follow(a![i]!, g[i]!);
    if (rule.kind === 'rmsprop') {
      w[i] = w[i]! - fround(fround(r * g[i]!) / fround(fround(sqrt(a![i]!)) + epsilon));
      continue;
    }
    const root = (value: number) => fround(sqrt(fround(value + epsilon)));
    const u = folded
      ? fround(g[i]! * fround(root(d![i]!) / root(a![i]!)))
      : fround(fround(g[i]! * root(d![i]!)) / root(a![i]!));
    w[i] = w[i]! - fround(r * u);
    d![i] = follow(d![i]!, u);
  }
}

function statistic({ statistic: of, moving, now, batch }: StatisticCall): void {
  const [momentum, rest] = [fround(of.momentum), fround(1 - of.momentum)];
  const factor = fround(statisticFactor(of, batch));
  for (let c = 0; c < moving.length; c++)
    moving[c] = fround(momentum * moving[c]!) + fround(rest * fround(factor * now[c]!));
}
