import { AlexNetError, createVariant } from '@alexnet/core';
import { initialWeights, planTraining, preprocessingFor, recipeOf } from '@alexnet/training';
import { type NetworkOptions, pickNetwork, type RunOptions } from '../options.ts';
import { openSets } from '../training/open-sets.ts';
import { recipeWith } from '../training/recipe-with.ts';
import { runTraining } from '../training/run-training.ts';
import type { TrainingSettings } from '../training/training-options.ts';
import { dimensionsOf } from '../weights/open-network.ts';
import type { Context, ExitCode } from './command.ts';

export interface TrainCommandOptions extends TrainingSettings, RunOptions, NetworkOptions {
  readonly variant?: string;
}

/** The network with batch norm: it learns small sets without luck. */
export const DEFAULT_RECIPE = 'uestcsongtaoli';

/** `alexnet train FOLDER`: a network from nothing, on a folder of images per class. */
export async function train(path: string, options: TrainCommandOptions, context: Context): Promise<ExitCode> {
  const recipe = recipeWith(recipeOf(options.recipe ?? DEFAULT_RECIPE), options);
  if (recipe.fineTuning !== undefined) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `The recipe ${recipe.id} begins with published weights`,
      fix: `Use alexnet finetune --recipe ${recipe.id} --weights FILE.`,
      where: 'option --recipe',
    });
  }
  const size = pickNetwork(options);
  const id = options.variant ?? recipe.variant;
  createVariant(id, size); // what is wrong with these is said before folders are read
  const sets = await openSets(path, options, context);
  const published = createVariant(id, { ...size, classes: sets.training.classes.length });
  const variant = { ...published, preprocessing: preprocessingFor(recipe, published.preprocessing) };
  return runTraining(
    {
      ...sets,
      recipe,
      variant,
      dimensions: dimensionsOf(variant, options.width),
      plan: planTraining(recipe, variant.graph),
      weights: initialWeights(variant.graph, recipe.initialiser, options.seed),
      source: `alexnet train, recipe ${recipe.id}, seed ${options.seed}`,
    },
    options,
    context,
  );
}
