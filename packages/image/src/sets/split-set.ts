import { AlexNetError, epochOrder } from '@alexnet/core';
import type { ImageSet } from './image-set.ts';

export interface SplitOptions {
  /** Share of each class that becomes the validation set, above 0 and below 1. */
  readonly fraction: number;
  readonly seed: number;
}

/**
 * Splits a set in two that have the same share of every class; images keep their order. A class of two images or more has
 * some in both; a single image is trained on. The same set and seed, the same split.
 * Errors: `invalid-input`.
 */
export function splitSet<S extends ImageSet>(set: S, { fraction, seed }: SplitOptions): { training: S; validation: S } {
  if (!(fraction > 0 && fraction < 1)) {
    throw new AlexNetError({
      code: 'invalid-input',
      message: `A fraction is above 0 and below 1, got ${fraction}`,
      where: 'fraction',
    });
  }
  const byClass = set.classes.map((): number[] => []);
  for (const [i, { label }] of set.items.entries()) byClass[label]!.push(i);
  const chosen = new Uint8Array(set.items.length);
  for (const [label, members] of byClass.entries()) {
    const count = Math.max(1, Math.min(members.length - 1, Math.round(members.length * fraction)));
    if (members.length < 2) continue;
    const order = epochOrder(members.length, { seed, epoch: label });
    for (const place of order.subarray(0, count)) chosen[members[place]!] = 1;
  }
  return {
    training: { ...set, items: set.items.filter((_, i) => chosen[i] === 0) },
    validation: { ...set, items: set.items.filter((_, i) => chosen[i] === 1) },
  };
}
