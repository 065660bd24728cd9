import { readdirSync, readFileSync } from 'node:fs';
import { checkWeights, cifar10Labels, countNonFinite, createVariant, parseManifest } from '@alexnet/core';
import { loadWeights } from '@alexnet/core/files';
import { describe, expect, it } from 'vitest';
import { cifar10Weights } from './index.ts';

const manifest = parseManifest(readFileSync(cifar10Weights.get('manifest.json')!));

describe('the weights', () => {
  it('are all files of the folder, under their names', () => {
    const folder = new URL('.', cifar10Weights.get('manifest.json'));
    expect([...cifar10Weights.keys()].sort()).toEqual(readdirSync(folder).sort());
    for (const [name, url] of cifar10Weights) expect(url.href).toBe(new URL(name, folder).href);
    expect([...cifar10Weights.keys()].sort()).toEqual(
      ['manifest.json', ...manifest.shards.map(({ file }) => file)].sort(),
    );
  });

  it('are those of the variant, whole and finite', async () => {
    const { weights } = await loadWeights(cifar10Weights); // checks every hash
    checkWeights(createVariant(manifest.variant, manifest.dimensions).graph, weights);
    expect(countNonFinite(weights)).toEqual([]);
  });

  it('say what they are, in less than 8 MB', () => {
    expect(manifest).toMatchObject({ variant: 'cifar10', precision: 'q8', licence: 'MIT', labels: cifar10Labels });
    expect(manifest.provenance?.source).toMatch(/^alexnet train, recipe cifar10, seed \d+$/);
    expect(manifest.agreement?.top1).toBeGreaterThan(0.99);
    expect(manifest.bytes).toBeLessThan(8e6);
  });
});
