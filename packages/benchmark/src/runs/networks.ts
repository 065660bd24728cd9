import type { Level } from '@alexnet/conformance';
import { type VariantOptions, variantIds } from '@alexnet/core';

/** A network to check and on how many of the photographs, from the first. */
export interface NetworkPlan {
  readonly variant: string;
  readonly photographs: number;
  /** Other sizes than the published ones. */
  readonly dimensions?: VariantOptions;
}

/** All photographs that come with the suite. */
export const ALL_PHOTOGRAPHS = 4;

const main = ['bvlc-alexnet', 'torchvision'];

/**
 * Which networks a level covers. Weights in other precisions are checked in the first, of the full level in all; int8 in the first.
 *
 * quick:     the two most used, an eighth as wide, with every layer that they have, in a second or two;
 * standard:  the same as they were published, on one photograph;
 * full:      every variant as it was published, on every photograph.
 */
export const networksOf: Readonly<Record<Level, readonly NetworkPlan[]>> = {
  quick: main.map((variant) => ({ variant, photographs: 1, dimensions: { width: 0.125 } })),
  standard: main.map((variant) => ({ variant, photographs: 1 })),
  full: [...main, ...variantIds.filter((id) => !main.includes(id))].map((variant) => ({
    variant,
    photographs: ALL_PHOTOGRAPHS,
  })),
};
