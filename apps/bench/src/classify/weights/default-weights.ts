import { createVariant, seededWeights } from '@alexnet/core';
import type { Network } from '../network.ts';
import { readNetwork } from './read-network.ts';

/**
 * The network that the page starts with: a quarter as wide as torchvision's, with generated weights. Trained weights that come with
 * the page belong here. Its classes have no names: those of ImageNet would be lies.
 */
export async function defaultWeights(): Promise<Network> {
  const variant = createVariant('torchvision', { width: 0.25, classes: 10 });
  const network = readNetwork({
    name: 'Generated weights',
    variant,
    weights: seededWeights(variant.graph, SEED),
    facts: [['Width', 'a quarter of the published network']],
    warnings: ['Generated, untrained: the classes mean nothing. Drop a weight file to classify for real.'],
  });
  return { ...network, untrained: true };
}

const SEED = 1;
