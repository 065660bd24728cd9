import { readFileSync } from 'node:fs';
import { checkAugmentation, createVariant, presets, referenceTrainer, sizeOf, trainingInputs } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { initialWeights } from '../initialise/initial-weights.ts';
import { checkSchedule, learningRateAt } from '../schedule/schedule.ts';
import { augmentationFor, planTraining, preprocessingFor } from './plan-training.ts';
import { recipeOf, recipes } from './recipes.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

describe.each(recipes)('the recipe $id', (recipe) => {
  const variant = createVariant(recipe.variant, { classes: recipe.classes, width: 1 / 48 });

  it('is plain data that says where it is from', () => {
    expect(JSON.parse(JSON.stringify(recipe))).toEqual(recipe);
    expect(recipe.source.length).toBeGreaterThan(20);
  });

  it('is in the README with its network, rate, batch and epochs', () => {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${recipe.id}\` |`))!;
    const [, , network, , rate, batch, epochs] = row.split('|').map((cell) => cell.trim());
    expect(network).toContain(`\`${recipe.variant}\``);
    if (rate !== 'as `paper`') expect(Number.parseFloat(rate!)).toBe(recipe.schedule.rate);
    expect(Number(batch)).toBe(recipe.batchSize);
    expect(Number.parseInt(epochs!, 10)).toBe(recipe.epochs);
  });

  it('augments to what its network takes', () => {
    checkAugmentation(recipe.augmentation, variant.preprocessing);
    expect(augmentationFor(recipe.augmentation, variant.preprocessing)).toEqual(recipe.augmentation);
  });

  it('runs a step on a narrow network, which changes every weight', async () => {
    const { training, optimiser } = planTraining(recipe, variant.graph);
    const before = initialWeights(variant.graph, recipe.initialiser, 1);
    await using trainer = await referenceTrainer(training, before, { optimiser });
    const { name, shape } = variant.graph.inputs[0]!;
    const data = Float32Array.from({ length: 2 * sizeOf(shape) }, (_, i) => ((i * 31) % 97) / 97);
    const batch = { images: { [name]: { shape: [2, ...shape], data } }, labels: [0, recipe.classes - 1] };
    checkSchedule(recipe.schedule);
    const learningRate = learningRateAt(recipe.schedule, { step: 0, stepsPerEpoch: 100, totalSteps: 1000 });
    const { loss } = await trainer.step(trainingInputs(training, batch, { seed: 0, step: 0 }), { learningRate });
    expect(loss).toBeGreaterThan(0.05);
    expect(loss).toBeLessThan(40);
    const after = await trainer.weights();
    const same = training.gradients.filter(({ parameter }) => {
      const was = before.get(parameter)!.data;
      return parameter.endsWith('.weight') && after.get(parameter)!.data.every((value, i) => value === was[i]);
    });
    expect(same).toEqual([]);
  });
});

describe('planning', () => {
  const { graph } = createVariant('bvlc-alexnet', { width: 1 / 48, classes: 3 });

  it("multiplies Caffe's rates by a layer's own", () => {
    const { optimiser } = planTraining(recipeOf('bvlc'), graph, {
      multipliers: { 'fc8.bias': { learningRate: 10 }, 'fc8.weight': { learningRate: 10 } },
    });
    expect(optimiser.multipliers!['fc8.bias']).toEqual({ learningRate: 20, weightDecay: 0 });
    expect(optimiser.multipliers!['fc8.weight']).toEqual({ learningRate: 10, weightDecay: 1 });
    expect(optimiser.multipliers!['conv1.bias']).toEqual({ learningRate: 2, weightDecay: 0 });
  });

  it('lets weights alone decay', () => {
    const small = createVariant('cifar10', { width: 1 / 16 }).graph;
    const { training, optimiser } = planTraining(recipeOf('cifar10'), small);
    const decaying = training.gradients.filter(({ parameter }) => optimiser.multipliers![parameter]?.weightDecay !== 0);
    expect(decaying.map(({ parameter }) => parameter).toSorted()).toEqual(
      ['conv1', 'conv2', 'conv3', 'conv4', 'conv5', 'fc6', 'fc7', 'fc8'].map((layer) => `${layer}.weight`),
    );
  });

  it('trains what it is told to', () => {
    const { training } = planTraining(recipeOf('kratzert'), graph, { trainable: ['fc8.weight'] });
    expect(training.gradients.map(({ parameter }) => parameter)).toEqual(['fc8.weight']);
  });

  it('crops what another network takes', () => {
    const { preprocessing } = createVariant('torchvision', { inputSize: 64 });
    expect(augmentationFor(recipeOf('bvlc').augmentation, preprocessing)[0]).toEqual({ kind: 'random-crop', size: 64 });
  });

  it('standardises what goes in where a recipe says so, and keeps the geometry', () => {
    const recipe = { standardised: { mean: 40, deviation: 50 } };
    const own = createVariant('torchvision').preprocessing;
    const { resize, crop } = own;
    expect(preprocessingFor(recipe, own)).toEqual({
      resize,
      crop,
      channels: 'RGB',
      mean: { kind: 'channel', values: [40, 40, 40] },
      scale: 1 / 50,
    });
    expect(preprocessingFor(recipe, presets.greyUnitRange(28)).mean).toEqual({ kind: 'channel', values: [40] });
    expect(preprocessingFor(recipeOf('bvlc'), own)).toBe(own);
  });

  it('knows no other recipe', () => {
    expect(() => recipeOf('vgg')).toThrow(/no recipe called "vgg".*paper, bvlc, /);
  });
});
