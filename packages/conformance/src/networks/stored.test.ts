import {
  createVariant,
  referenceProvider,
  restoreWeight,
  type StoredWeight,
  seededWeights,
  type Tensor,
} from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { uniform } from '../data/uniform.ts';
import { runConformance } from '../run/run.ts';
import { alteredBackend } from '../self-test/altered-backend.ts';
import { CHECKS, conform, failed, network, notInInt8 } from '../testing/small-network.ts';

describe('a whole network with stored weights', () => {
  it.each([
    {
      why: 'q8 scales of the neighbouring row',
      stored: (weight: StoredWeight) =>
        restoreWeight(
          weight.precision === 'q8'
            ? { ...weight, scales: weight.scales.map((_, i) => weight.scales[(i + 1) % weight.scales.length]!) }
            : weight,
        ),
      wrong: ['one/fc6/q8', 'one/fc8/q8', 'one/end-to-end/q8'],
    },
    {
      why: 'f32 weights for f16 ones',
      stored: (weight: StoredWeight, given: Tensor) => (weight.precision === 'f16' ? given : restoreWeight(weight)),
      wrong: ['one/fc6/f16', 'one/fc8/f16', 'one/end-to-end/f16'],
    },
  ])('fails with $why, and only there', async ({ stored, wrong }) => {
    expect(failed(await conform({ stored }))).toEqual(wrong);
  });

  it('is judged by what the stored weights mean, not by f32: the two differ by more than is allowed', async () => {
    const { checks, endToEnd } = await conform({ stored: (_, given) => given });
    const wrong = checks.filter(({ status }) => status === 'failed');
    expect(wrong.map(({ precision, layer }) => `${layer} ${precision}`)).toEqual(
      ['f16', 'q8', 'q4'].flatMap((precision) => ['fc6', 'fc8', undefined].map((layer) => `${layer} ${precision}`)),
    );
    expect(endToEnd.map(({ precision }) => precision)).toEqual([undefined, undefined, 'f16', 'q8', 'q4']);
  });

  it('is skipped, with the reason, in a precision that is not declared, and the oracle is not asked', async () => {
    const nodes: string[] = [];
    const { summary } = await runConformance({
      backend: alteredBackend({ capabilities: { precisions: ['f32', 'q4'] } }),
      suites: ['network'],
      networks: [network],
      onProgress: (progress) => progress.stage === 'oracle' && nodes.push(progress.node),
    });
    expect(summary).toEqual({
      passed: CHECKS - 6,
      failed: 0,
      skipped: [
        ...['f16', 'q8'].map((precision) => ({
          reason: `The backend does not declare the precision ${precision}`,
          tests: ['fc6', 'fc8', 'end-to-end'].map((what) => `network/small/one/${what}/${precision}`),
        })),
        notInInt8(network.variant.graph.nodes),
      ],
    });
    expect(nodes.filter((name) => name === 'fc6')).toHaveLength(3);
  });

  it('is tried on the first network only', async () => {
    const other = { ...network, variant: { ...network.variant, id: 'other' } };
    const { checks } = await conform({}, [network, other]);
    expect(new Set(checks.filter(({ precision }) => precision).map(({ variant }) => variant))).toEqual(
      new Set(['small']),
    );
  });

  it('conforms on the reference backend: BVLC AlexNet, narrow', async () => {
    const variant = createVariant('bvlc-alexnet', { width: 1 / 16, classes: 11 });
    const tensor = { shape: [1, 3, 227, 227], data: uniform([1, 3, 227, 227], 'narrow', -110, 145) };
    const narrow = { variant, weights: seededWeights(variant.graph, 1), images: [{ name: 'noise', tensor }] };
    const backend = await referenceProvider().create();
    const { summary } = await runConformance({ backend, suites: ['network'], networks: [narrow] });
    expect(summary).toEqual({
      passed: variant.graph.nodes.length + 1 + 3 * (3 + 1),
      failed: 0,
      skipped: [notInInt8(variant.graph.nodes, 'bvlc-alexnet', 'noise')],
    });
  });
});
