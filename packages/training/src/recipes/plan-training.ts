import {
  type Augmentation,
  type Graph,
  type Multipliers,
  type Optimiser,
  type Preprocessing,
  preprocessedShape,
  type TrainingGraph,
  trainingGraph,
  withNormalisation,
} from '@alexnet/core';
import { multiplierSets, type TrainingRecipe } from './recipe.ts';

export interface PlanOptions {
  /** Parameters to train. Default: all. */
  readonly trainable?: readonly string[];
  /** By name of the parameter; they multiply those of the recipe. */
  readonly multipliers?: Readonly<Record<string, Multipliers>>;
}

export interface TrainingPlan {
  readonly training: TrainingGraph;
  readonly optimiser: Optimiser;
}

/** What a backend compiles to train a network by a recipe. The network may be any: the recipe's own, narrower, or another. Errors: as of `trainingGraph`. */
export function planTraining(
  recipe: Pick<TrainingRecipe, 'loss' | 'regularisation' | 'statisticsMomentum' | 'optimiser'>,
  network: Graph,
  { trainable, multipliers = {} }: PlanOptions = {},
): TrainingPlan {
  const { loss, regularisation, statisticsMomentum, optimiser } = recipe;
  const training = trainingGraph(network, {
    loss,
    ...(trainable && { trainable }),
    ...(regularisation && { regularisation }),
    ...(statisticsMomentum !== undefined && { statisticsMomentum }),
  });
  const all = merged(optimiser.multipliers ? multiplierSets[optimiser.multipliers](network) : {}, multipliers);
  return {
    training,
    optimiser: {
      rule: optimiser.rule,
      ...(optimiser.clipNorm !== undefined && { clipNorm: optimiser.clipNorm }),
      ...(Object.keys(all).length > 0 && { multipliers: all }),
    },
  };
}

function merged(
  a: Readonly<Record<string, Multipliers>>,
  b: Readonly<Record<string, Multipliers>>,
): Readonly<Record<string, Multipliers>> {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const both = [a[name] ?? {}, b[name] ?? {}];
      const product = (of: keyof Multipliers) => both.reduce((value, own) => value * (own[of] ?? 1), 1);
      return [name, { learningRate: product('learningRate'), weightDecay: product('weightDecay') }];
    }),
  );
}

/** What a network's images go through when a recipe trains it from nothing: its own preprocessing, standardised where the recipe says so. */
export function preprocessingFor(
  { standardised }: Pick<TrainingRecipe, 'standardised'>,
  own: Preprocessing,
): Preprocessing {
  if (standardised === undefined) return own;
  const { mean, deviation } = standardised;
  const values = Array.from({ length: preprocessedShape(own)[1]! }, () => mean);
  return withNormalisation(own, { channels: own.channels, mean: { kind: 'channel', values }, scale: 1 / deviation });
}

/** A recipe's augmentation for a network whose input has another size: crops are of that. */
export function augmentationFor(steps: readonly Augmentation[], { crop }: Preprocessing): readonly Augmentation[] {
  return steps.map((step) => (step.kind === 'random-crop' ? { ...step, size: crop.size } : step));
}
