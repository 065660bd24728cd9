import type { TrainingRecipe } from '@alexnet/training';
import type { RecipeSettings } from './training-options.ts';

/** A recipe with what was asked for in place of its own. */
export function recipeWith(recipe: TrainingRecipe, settings: RecipeSettings): TrainingRecipe {
  const { epochs = recipe.epochs, batch = recipe.batchSize, learningRate, warmUp, clipNorm, patience } = settings;
  return {
    ...recipe,
    epochs,
    batchSize: batch,
    schedule: {
      ...recipe.schedule,
      ...(learningRate !== undefined && { rate: learningRate }),
      ...(warmUp !== undefined && { warmUp: { steps: warmUp } }),
    },
    optimiser: { ...recipe.optimiser, ...(clipNorm !== undefined && { clipNorm }) },
    ...(patience !== undefined && { earlyStopping: { patience } }),
  };
}
