import { describe, expect, it, vi } from 'vitest';
import type { Features } from './features.ts';
import { type TeachProgress, teachHead } from './teach-head.ts';

const SIZE = 7;

/** Images of three classes, each with a feature of its own, of the size that pixels from 0 to 255 give, and noise. */
function featuresOf(perClass: number): Features {
  const labels = Array.from({ length: 3 * perClass }, (_, i) => i % 3);
  const data = new Float32Array(labels.length * 2 * SIZE);
  for (let i = 0; i < data.length; i++) {
    const label = labels[Math.floor(i / (2 * SIZE))]!;
    data[i] = 900 + 40 * ((i * i * 31) % 7) + (i % SIZE === label ? 400 : 0);
  }
  return { data, size: SIZE, views: 2, seen: 1, labels };
}
const classes = ['a', 'b', 'c'];

describe('a head', () => {
  it('learns classes from features as they come, and is judged by images that it has not seen', async () => {
    const onProgress = vi.fn<(progress: TeachProgress) => void>();
    const features = featuresOf(6);
    const { weight, bias, heldOut } = await teachHead({ features, classes }, onProgress);
    expect(heldOut).toEqual({ right: 3, images: 3 });
    expect([weight.shape, bias.shape]).toEqual([[3, SIZE], [3]]);
    const told = onProgress.mock.calls.map(([progress]) => progress);
    expect(new Set(told.map(({ part }) => part))).toEqual(new Set(['judged', 'kept']));
    expect(told.at(-1)).toMatchObject({ part: 'kept', done: 1 });
    expect(told.at(-1)!.loss).toBeLessThan(0.2 * told[0]!.loss);
    for (const [image, label] of features.labels.entries()) {
      const row = features.data.subarray(2 * image * SIZE, (2 * image + 1) * SIZE);
      const scores = classes.map((_, c) =>
        row.reduce((sum, x, i) => sum + x * weight.data[c * SIZE + i]!, bias.data[c]!),
      );
      expect(scores.indexOf(Math.max(...scores))).toBe(label);
    }
  });

  it('is the same each time', async () => {
    const task = { features: featuresOf(5), classes };
    expect(await teachHead(task)).toEqual(await teachHead(task));
  });

  it('is not judged where there are too few images', async () => {
    const { heldOut } = await teachHead({ features: featuresOf(2), classes });
    expect(heldOut).toBeUndefined();
  });
});
