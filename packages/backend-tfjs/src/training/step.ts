import { type Optimiser, ratesOf, slotName, slotsOf, statisticFactor, type TrainingGraph } from '@alexnet/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../tfjs.ts';
import type { TrainingState } from './state.ts';
import { clipped, updated } from './update.ts';

export interface StepParts {
  readonly training: TrainingGraph;
  readonly optimiser: Optimiser;
  readonly learningRate: number;
  readonly batch: number;
}

/**
 * The state after a step, of new tensors and of those that do not change, from the values that were computed: trained parameters and
 * their slots first, then the moving statistics. Inside of a `tidy`.
 */
export function stateAfter(
  tf: Tfjs,
  { training, optimiser, learningRate, batch }: StepParts,
  before: TrainingState,
  values: ReadonlyMap<string, Tensor>,
): TrainingState {
  const { rule, clipNorm } = optimiser;
  const parameters = new Map(before.parameters);
  const slots = new Map(before.slots);
  const gradients = training.gradients.map(({ value }) => values.get(value)!);
  for (const [i, g] of clipped(tf, gradients, clipNorm).entries()) {
    const { parameter } = training.gradients[i]!;
    const names = slotsOf(rule).map((slot) => slotName(parameter, slot));
    const own = names.map((name) => slots.get(name)!);
    const after = tf.tidy(() => {
      const { weight, slots: next } = updated(
        tf,
        rule,
        ratesOf(optimiser, parameter, learningRate),
        parameters.get(parameter)!,
        g,
        own,
      );
      return [weight, ...next];
    });
    parameters.set(parameter, after[0]!);
    for (const [j, name] of names.entries()) slots.set(name, after[j + 1]!);
  }
  for (const statistic of training.statistics) {
    const { parameter, value, momentum } = statistic;
    const now = tf.mul(values.get(value)!, (1 - momentum) * statisticFactor(statistic, batch));
    parameters.set(parameter, tf.add(tf.mul(parameters.get(parameter)!, momentum), now));
  }
  return { parameters, slots };
}
