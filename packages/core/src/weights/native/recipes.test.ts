import { describe, expect, it } from 'vitest';
import { fitSharing, shareWeights } from '../dc/share.ts';
import { fromHalf, toHalf } from '../stored/half.ts';
import { restoreWeight, storeWeight } from '../stored/store.ts';
import { firstDifference } from '../testing/first-difference.ts';
import { factsOf } from './shard.ts';
import { manifestOf, restore } from './testing/read-back.ts';
import { weights, writeSmall } from './testing/small-network.ts';
import { sourceOf } from './testing/small-source.ts';

describe('recipes', () => {
  const parameterOf = async (name: string, options: Parameters<typeof writeSmall>[0]) =>
    manifestOf(await writeSmall(options)).parameters.find((parameter) => parameter.name === name)!;

  it('say how scales were found, and what was lost', async () => {
    const found = await parameterOf('fc7.weight', { precision: 'q4' });
    const plain = await parameterOf('fc7.weight', { precision: 'q4', scales: 'largest' });
    expect([found.recipe, plain.recipe]).toEqual([{ scales: 'least-squares' }, { scales: 'largest' }]);
    expect(found.loss!.rmse).toBeLessThan(plain.loss!.rmse);
    expect(found.loss).toEqual({
      rmse: expect.any(Number),
      relative: expect.any(Number),
      snrDb: expect.any(Number),
      max: expect.any(Number),
    });
  });

  it('weigh errors by inputs, and say how much the outputs lose', async () => {
    const importance = new Map([['fc7.weight', Float32Array.from({ length: 204 }, (_, i) => (i < 20 ? 100 : 0.01))]]);
    const weighted = await parameterOf('fc7.weight', { precision: 'q4', importance });
    const plain = await parameterOf('fc7.weight', { precision: 'q4', importance, scales: 'largest' });
    expect(weighted.recipe).toEqual({ scales: 'least-squares', weighted: true });
    expect(weighted.loss!.output).toBeLessThan(plain.loss!.output!);
  });

  it('prune and share as dc asks, and say what share of the values is left', async () => {
    const dcRecipe = new Map([['fc6.weight', { density: 0.25, bits: 3 }]]);
    const files = await writeSmall({ precision: 'dc', dcRecipe });
    const parameter = manifestOf(files).parameters.find(({ name }) => name === 'fc6.weight')!;
    const sharing = fitSharing(weights.get('fc6.weight')!.data, { density: 0.25, bits: 3 });
    expect(parameter.recipe).toEqual({ density: sharing.density, bits: 3 });
    expect(parameter.recipe!.density).toBeCloseTo(0.25, 4);
    const restored = restore(files);
    const shared = shareWeights(weights.get('fc6.weight')!.data, sharing);
    expect(firstDifference(restored.get('fc6.weight')!.data, shared)).toBe(-1);
    expect(firstDifference(restored.get('fc7.weight')!.data, weights.get('fc7.weight')!.data)).toBe(-1);
    expect(parameter.loss!.relative).toBeGreaterThan(0.3);
  });

  it('say nothing where nothing is lost', async () => {
    const { recipe, loss } = await parameterOf('conv1.weight', { precision: 'q4' });
    expect([recipe, loss]).toEqual([undefined, undefined]);
  });

  it('store parameters otherwise that are named: a convolution as f16, a layer as q8', async () => {
    const precisions = new Map([
      ['conv2.weight', 'f16'],
      ['fc8.weight', 'q8'],
    ] as const);
    const files = await writeSmall({ precision: 'q4', precisions });
    const { parameters } = manifestOf(files);
    expect(
      parameters.filter(({ precision }) => precision !== 'f32').map(({ name, precision }) => `${name} ${precision}`),
    ).toEqual(['conv2.weight f16', 'fc6.weight q4', 'fc7.weight q4', 'fc8.weight q8']);
    expect(factsOf(manifestOf(files)).get('conv2.weight')!.precision).toBe('f16');
    const { data } = weights.get('conv2.weight')!;
    expect(firstDifference(restore(files).get('conv2.weight')!.data, fromHalf(toHalf(data)))).toBe(-1);
  });

  it('keep what a source stores in this precision already', async () => {
    const files = await writeSmall({ precision: 'q4', weights: sourceOf('q4') });
    const { recipe, loss } = manifestOf(files).parameters.find(({ name }) => name === 'fc6.weight')!;
    expect([recipe, loss]).toEqual([undefined, undefined]);
    const { data } = restoreWeight(storeWeight(weights.get('fc6.weight')!, 'q4'));
    expect(firstDifference(restore(files).get('fc6.weight')!.data, data)).toBe(-1);
  });
});
