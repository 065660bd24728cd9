import { recipeOf } from '@alexnet/training';
import { expect, it } from 'vitest';
import { recipeWith } from './recipe-with.ts';

const recipe = recipeOf('cifar10');

it.each([
  { given: {}, changed: {} },
  { given: { epochs: 3, batch: 8 }, changed: { epochs: 3, batchSize: 8 } },
  { given: { learningRate: 0.5 }, changed: { schedule: { ...recipe.schedule, rate: 0.5 } } },
  { given: { warmUp: 7 }, changed: { schedule: { ...recipe.schedule, warmUp: { steps: 7 } } } },
  { given: { clipNorm: 2 }, changed: { optimiser: { ...recipe.optimiser, clipNorm: 2 } } },
  { given: { patience: 4 }, changed: { earlyStopping: { patience: 4 } } },
])('a recipe with $given', ({ given, changed }) => {
  expect(recipeWith(recipe, given)).toEqual({ ...recipe, ...changed });
});
