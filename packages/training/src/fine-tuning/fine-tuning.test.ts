import { buildGraph, createVariant, seededWeights, trainingGraph } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { type FineTuningOptions, planFineTuning } from './plan-fine-tuning.ts';

const narrow = (id: string, classes = 10) => createVariant(id, { width: 1 / 32, classes }).graph;

describe.each(['bvlc-alexnet', 'torchvision', 'uestcsongtaoli', 'vipoooool'])('%s with other classes', (id) => {
  const given = narrow(id);
  const weights = seededWeights(given, 3);

  it('is the network that the variant would be', () => {
    const { graph } = planFineTuning(given, weights, { classes: 7 });
    expect(graph).toEqual(narrow(id, 7));
  });

  it('keeps all weights but those of the last layer', () => {
    const plan = planFineTuning(given, weights, { classes: 10 });
    const changed = given.parameters
      .map(({ name }) => name)
      .filter((name) => plan.weights.get(name) !== weights.get(name));
    const head = id === 'vipoooool' ? 'fc9' : 'fc8';
    const norm = id === 'uestcsongtaoli' ? ['bn8.scale', 'bn8.bias', 'bn8.mean', 'bn8.variance'] : [];
    expect(changed.sort()).toEqual([`${head}.bias`, `${head}.weight`, ...norm].sort());
  });

  it('trains what is not frozen', () => {
    const plan = planFineTuning(given, weights, { classes: 7, freeze: ['conv1', 'fc6'] });
    const { gradients } = trainingGraph(plan.graph, { trainable: plan.trainable });
    const trained = gradients.map(({ parameter }) => parameter);
    expect(trained).not.toContain('conv1.weight');
    expect(trained).not.toContain('fc6.bias');
    expect(trained).toContain('conv2.weight');
    expect(trained).toContain('fc7.bias');
  });
});

it('trains the replaced layers alone where the others are frozen', () => {
  const given = narrow('kratzert');
  const plan = planFineTuning(given, seededWeights(given, 3), {
    classes: 2,
    replace: ['fc6', 'fc7'],
    freeze: 'others',
  });
  expect(plan.trainable).toEqual(['fc6.weight', 'fc6.bias', 'fc7.weight', 'fc7.bias', 'fc8.weight', 'fc8.bias']);
  expect(plan.weights.get('fc7.bias')!.data.every((value) => value === 0)).toBe(true);
});

it('freezes and replaces a batch norm with the layer that it reads', () => {
  const given = narrow('uestcsongtaoli');
  const weights = seededWeights(given, 3);
  const plan = planFineTuning(given, weights, { classes: 10, replace: ['fc7'], freeze: ['conv1'] });
  expect(plan.trainable).not.toContain('bn1.scale');
  expect(plan.trainable).toContain('bn2.scale');
  expect(plan.weights.get('bn7.mean')!.data.every((value) => value === 0)).toBe(true);
  expect(plan.weights.get('bn6.mean')).toBe(weights.get('bn6.mean'));
});

it('freezes and replaces a batch norm after ReLU, pooling and dropout with their layer', () => {
  const given = narrow('vipoooool');
  const weights = seededWeights(given, 3);
  const plan = planFineTuning(given, weights, { classes: 5, replace: ['conv5'], freeze: ['conv1', 'fc7'] });
  for (const name of ['bn1.scale', 'bn7.scale']) expect(plan.trainable).not.toContain(name);
  for (const name of ['bn2.scale', 'bn5.scale', 'bn6.scale']) expect(plan.trainable).toContain(name);
  expect(plan.weights.get('bn5.mean')!.data.every((value) => value === 0)).toBe(true);
  expect(plan.weights.get('bn4.mean')).toBe(weights.get('bn4.mean'));
});

it('takes inputs of another size where the layers that would not fit begin anew', () => {
  const weights = seededWeights(createVariant('cifar10', { width: 0.125 }).graph, 3);
  const larger = createVariant('cifar10', { width: 0.125, inputSize: 48 }).graph;
  const plan = planFineTuning(larger, weights, { classes: 3, replace: ['fc6', 'fc7'] });
  expect(plan.weights.get('fc6.weight')!.shape).toEqual([32, 32 * 6 * 6]);
  expect(() => planFineTuning(larger, weights, { classes: 3 })).toThrow(/fc6\.weight/);
});

it('multiplies the rates of layers', () => {
  const given = narrow('uestcsongtaoli');
  const { multipliers } = planFineTuning(given, seededWeights(given, 1), {
    classes: 3,
    learningRates: { conv1: 0.1, fc8: 10 },
  });
  expect(multipliers['conv1.weight']).toEqual({ learningRate: 0.1 });
  expect(multipliers['bn1.bias']).toEqual({ learningRate: 0.1 });
  expect(multipliers['fc8.bias']).toEqual({ learningRate: 10 });
  expect(Object.keys(multipliers)).toHaveLength(8);
});

describe('refuses', () => {
  const given = narrow('torchvision');
  const weights = seededWeights(given, 3);

  it.each<{ why: string; options: FineTuningOptions; code: string; says: string; option?: string }>([
    {
      why: 'a layer that there is not',
      options: { classes: 2, freeze: ['conv9'] },
      code: 'unknown-name',
      says: 'no convolution or linear layer conv9',
      option: 'freeze',
    },
    {
      why: 'a layer without weights',
      options: { classes: 2, replace: ['relu6'] },
      code: 'unknown-name',
      says: 'Choose from conv1, ',
      option: 'replace',
    },
    {
      why: 'a layer both frozen and anew',
      options: { classes: 2, replace: ['fc7'], freeze: ['fc7'] },
      code: 'invalid-input',
      says: 'fc7 is to begin anew',
      option: 'freeze',
    },
    {
      why: 'a frozen last layer',
      options: { classes: 2, freeze: ['fc8'] },
      code: 'invalid-input',
      says: 'fc8 is to begin anew',
    },
    { why: 'one class', options: { classes: 1 }, code: 'invalid-input', says: 'two classes or more, got 1' },
    {
      why: 'a rate below 0',
      options: { classes: 2, learningRates: { fc6: -1 } },
      code: 'invalid-input',
      says: 'cannot be multiplied by -1',
      option: 'learningRates',
    },
    {
      why: 'a rate for a frozen layer',
      options: { classes: 2, freeze: 'others', learningRates: { conv5: 0.1 } },
      code: 'invalid-input',
      says: 'conv5 is frozen, so it has no learning rate',
      option: 'learningRates',
    },
  ])('$why', ({ options, code, says, option }) => {
    expect(() => planFineTuning(given, weights, options)).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining(says),
        ...(option !== undefined && { where: `option ${option}` }),
      }),
    );
  });

  it('weights that do not fit', () => {
    expect(() => planFineTuning(narrow('bvlc-alexnet'), weights, { classes: 2 })).toThrow('conv1.weight has shape');
  });

  it('a network that does not end in a linear layer', () => {
    const graph = buildGraph('none', { name: 'x', shape: [3, 6, 5] })
      .conv2d('conv', 2, 3)
      .flatten('flat')
      .build();
    expect(() => planFineTuning(graph, seededWeights(graph, 0), { classes: 2 })).toThrow(
      'does not end in a linear layer',
    );
  });
});
