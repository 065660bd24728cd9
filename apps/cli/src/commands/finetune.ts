import { basename } from 'node:path';
import {
  collectWeights,
  createVariant,
  isWeightSource,
  type ManifestDimensions,
  type Variant,
  withNormalisation,
} from '@alexnet/core';
import { planFineTuning, planTraining, recipeOf } from '@alexnet/training';
import type { RunOptions } from '../options.ts';
import { openSets } from '../training/open-sets.ts';
import { recipeWith } from '../training/recipe-with.ts';
import { runTraining } from '../training/run-training.ts';
import type { TrainingSettings } from '../training/training-options.ts';
import { type NetworkChoice, openNetwork } from '../weights/open-network.ts';
import type { Context, ExitCode } from './command.ts';

export interface FinetuneOptions extends TrainingSettings, RunOptions, NetworkChoice {
  readonly weights?: string;
  /** Names; `others` or `none` alone. */
  readonly freeze: readonly string[];
  readonly replace?: readonly string[];
  readonly layerRates?: Readonly<Record<string, number>>;
}

export const DEFAULT_FINE_TUNING = 'kratzert';

/** `alexnet finetune FOLDER --weights FILE`: a trained network for other classes. */
export async function finetune(path: string, options: FinetuneOptions, context: Context): Promise<ExitCode> {
  const recipe = recipeWith(recipeOf(options.recipe ?? DEFAULT_FINE_TUNING), options);
  const sets = await openSets(path, options, context);
  const { inputSize, ...choice } = options; // layers that begin anew may have another size
  await using network = await openNetwork(options.weights, choice, context);
  const { variant: own, weights } = network;
  const dimensions = { ...network.dimensions, ...(inputSize !== undefined && { inputSize }) };
  const isAsGiven = dimensions.inputSize === network.dimensions.inputSize;
  const given = isAsGiven ? own : resized(own, dimensions);
  const classes = sets.training.classes.length;
  const { freeze, layerRates, seed } = options;
  const replace = options.replace ?? recipe.fineTuning?.replace ?? [];
  const plan = planFineTuning(
    given.graph,
    isWeightSource(weights) ? await collectWeights(weights, { signal: context.signal }) : weights,
    {
      classes,
      replace,
      freeze: freeze.join() === 'others' ? 'others' : freeze.filter((name) => name !== 'none'),
      initialiser: recipe.initialiser,
      seed,
      ...(layerRates && { learningRates: layerRates }),
    },
  );
  return await runTraining(
    {
      ...sets,
      recipe,
      variant: { ...given, labels: undefined, graph: plan.graph },
      dimensions: { ...dimensions, classes },
      plan: planTraining(recipe, plan.graph, plan),
      weights: plan.weights,
      source: `alexnet finetune of ${basename(network.origin.text)}, recipe ${recipe.id}, seed ${seed}`,
    },
    options,
    context,
  );
}

/** A network for another input size; what is done to pixels' values stays what the weights were made for. */
function resized(own: Variant, dimensions: ManifestDimensions): Variant {
  const variant = createVariant(own.id, dimensions);
  return { ...variant, preprocessing: withNormalisation(variant.preprocessing, own.preprocessing) };
}
