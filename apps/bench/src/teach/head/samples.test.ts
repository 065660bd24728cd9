import { describe, expect, it } from 'vitest';
import type { Features } from './features.ts';
import { heldOutSamples, trainingSamples } from './samples.ts';

/** Four images of two views of three values: value i is image, view and i as digits. */
const features: Features = {
  data: Float32Array.from({ length: 24 }, (_, i) => 100 * Math.floor(i / 6) + 10 * (Math.floor(i / 3) % 2) + (i % 3)),
  size: 3,
  views: 2,
  seen: 1,
  labels: [0, 1, 1, 0],
};
const classes = ['a', 'b'];

async function all(source: ReturnType<typeof trainingSamples>, epoch: number) {
  const found: [first: number, label: number][] = [];
  for await (const { images, labels } of source.batches({ epoch, from: 0, batchSize: 4 })) {
    for (let n = 0; n < labels.length; n++) {
      found.push([images.data[(n * images.data.length) / labels.length]!, labels[n]!]);
    }
  }
  return found;
}

describe('samples', () => {
  it('of a training are all views of the chosen images with their classes, in another order each time', async () => {
    const source = trainingSamples(features, { classes, images: [0, 1, 3] }, 7);
    expect(source.size).toBe(6);
    const [first, second] = [await all(source, 0), await all(source, 1)];
    const inOrder = (found: typeof first) => found.toSorted(([a], [b]) => a - b);
    expect(inOrder(first)).toEqual([
      [0, 0],
      [10, 0],
      [100, 1],
      [110, 1],
      [300, 0],
      [310, 0],
    ]);
    expect(inOrder(second)).toEqual(inOrder(first));
    expect(second).not.toEqual(first);
    expect(await all(source, 0)).toEqual(first);
  });

  it('that are held out are images as they are seen, in order', async () => {
    expect(await all(heldOutSamples(features, { classes, images: [2, 3] }), 0)).toEqual([
      [200, 1],
      [300, 0],
    ]);
  });

  it('that are held out are all crops of an image together, where it is seen as crops', async () => {
    const { batches } = heldOutSamples({ ...features, seen: 2 }, { classes, images: [2] });
    for await (const { images, labels } of batches({ epoch: 0, from: 0, batchSize: 4 })) {
      expect([images.shape, [...images.data], labels]).toEqual([[2, 3], [200, 201, 202, 210, 211, 212], [1]]);
    }
  });
});
