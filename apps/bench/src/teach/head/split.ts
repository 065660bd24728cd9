import { epochOrder } from '@alexnet/core';

/** Images of every class that it takes to say anything of how good a head is. */
export const ENOUGH = 5;

/** Indices of images. */
export interface Split {
  readonly training: readonly number[];
  readonly heldOut: readonly number[];
}

/**
 * Keeps back one image in five of each class, chosen by chance with a seed, to be judged by. Undefined where a class has too few
 * for that. `labels` has the class of each image.
 */
export function splitImages(labels: readonly number[], seed: number): Split | undefined {
  const classes = Math.max(...labels) + 1;
  const members = Array.from({ length: classes }, (_, label) =>
    [...labels.keys()].filter((image) => labels[image] === label),
  );
  if (members.some(({ length }) => length < ENOUGH)) return undefined;
  const heldOut = new Set(
    members.flatMap((images, label) => {
      const order = [...epochOrder(images.length, { seed, epoch: label })];
      return order.slice(0, Math.floor(images.length / ENOUGH)).map((place) => images[place]!);
    }),
  );
  const all = [...labels.keys()];
  return { training: all.filter((i) => !heldOut.has(i)), heldOut: all.filter((i) => heldOut.has(i)) };
}
