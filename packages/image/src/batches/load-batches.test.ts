import { readFile } from 'node:fs/promises';
import { type Augmentation, augment, epochOrder, type Preprocessing, preprocess } from '@alexnet/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../decode-image.ts';
import { packImages } from '../pack/pack-images.ts';
import type { PackedSet } from '../pack/packed-set.ts';
import type { ImageSet } from '../sets/image-set.ts';
import { openImageFolder } from '../sets/open-folder.ts';
import { type Workspace, workspace } from '../testing/pictures.ts';
import { type Batch, type LoadOptions, loadBatches } from './load-batches.ts';

const resize = { mode: 'short-side', size: 7, resampling: 'bilinear-antialias' } as const;
const preprocessing: Preprocessing = { resize, crop: { mode: 'centre', size: 5 }, channels: 'BGR', scale: 1 / 255 };
const augmentation: readonly Augmentation[] = [
  { kind: 'affine', rotation: 20, fill: 'nearest' },
  { kind: 'random-crop', size: 5 },
  { kind: 'flip' },
];
const plain = { preprocessing, batchSize: 4, workers: 1 };
const training = { ...plain, augmentation, seed: 3, epoch: 2 };

let files: Workspace;
let set: ImageSet;
let broken: ImageSet;
let packed: PackedSet;
beforeAll(async () => {
  files = await workspace();
  for (let i = 0; i < 10; i++) await files.picture(`set/${i < 6 ? 'a' : 'b'}/${i}.png`, 20 * i, [9 + i, 8]);
  set = await openImageFolder(files.path('set'));
  const whole = await readFile(set.items[0]!.path);
  broken = {
    ...set,
    items: [
      ...set.items.slice(0, 2),
      { path: await files.write('cut.png', whole.subarray(0, whole.length / 2)), label: 0 },
      { path: files.path('missing.png'), label: 1 },
      { path: files.folder, label: 1 },
      ...set.items.slice(8),
    ],
  };
  packed = await packImages(set, { file: files.path('set.pack'), resize, workers: 1 });
});
afterAll(async () => files?.[Symbol.asyncDispose]());

async function all(from: ImageSet, options: LoadOptions): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of loadBatches(from, options)) batches.push(batch);
  return batches;
}
const joined = (batches: readonly Batch[]) => batches.flatMap(({ images }) => [...images.data]);

describe('batches for evaluation', () => {
  it('are the preprocessed images, in the order of the set', async () => {
    const batches = await all(set, plain);
    expect(
      batches.map(({ batch, images, labels, indices }) => [batch, images.shape, [...labels], [...indices]]),
    ).toEqual([
      [0, [4, 3, 5, 5], [0, 0, 0, 0], [0, 1, 2, 3]],
      [1, [4, 3, 5, 5], [0, 0, 1, 1], [4, 5, 6, 7]],
      [2, [2, 3, 5, 5], [1, 1], [8, 9]],
    ]);
    const want = await Promise.all(
      set.items.map(async ({ path }) => preprocess(await decodeImage(path), preprocessing)),
    );
    expect(joined(batches)).toEqual(want.flatMap(({ data }) => [...data]));
  });

  it('hold ten crops of an image together', async () => {
    const ten: Preprocessing = { ...preprocessing, crop: { mode: 'ten', size: 5 } };
    const [first] = await all(set, { ...plain, preprocessing: ten });
    expect([first!.images.shape, first!.labels.length]).toEqual([[40, 3, 5, 5], 4]);
    const want = preprocess(await decodeImage(set.items[1]!.path), ten).data;
    expect(first!.images.data.slice(want.length, 2 * want.length)).toEqual(want);
  });
});

describe('batches for training', () => {
  it('are the augmented images, in the order of the epoch', async () => {
    const batches = await all(set, training);
    const order = [...epochOrder(10, { seed: 3, epoch: 2 })];
    expect(batches.flatMap(({ indices }) => [...indices])).toEqual(order);
    const want = await Promise.all(
      order.map(async (index) =>
        augment(await decodeImage(set.items[index]!.path), preprocessing, augmentation, { seed: 3, epoch: 2, index }),
      ),
    );
    expect(joined(batches)).toEqual(want.flatMap(({ data }) => [...data]));
  });

  it.each([
    { why: 'three threads', change: { workers: 3 } },
    { why: 'one batch at a time', change: { workers: 2, prefetch: 1 } },
    { why: 'batches of another size', change: { batchSize: 3 } },
  ])('have the same pictures with $why', async ({ change }) => {
    expect(joined(await all(set, { ...training, ...change }))).toEqual(joined(await all(set, training)));
  });

  it('have other pictures in another epoch', async () => {
    const shown = async (epoch: number) => joined(await all(set, { ...training, epoch, shuffle: false }));
    expect(await shown(0)).not.toEqual(await shown(1));
  });

  it('go on in the middle of an epoch as if it had not stopped', async () => {
    const whole = await all(set, training);
    expect(await all(set, { ...training, from: 1 })).toEqual(whole.slice(1));
    expect(await all(set, { ...training, from: 3 })).toEqual([]);
  });

  it('leave out the smaller last one on demand', async () => {
    expect((await all(set, { ...training, dropLast: true })).map(({ labels }) => labels.length)).toEqual([4, 4]);
  });

  it('are the same from a pack, which needs the images no more', async () => {
    const elsewhere = { ...packed, items: packed.items.map((item) => ({ ...item, path: `gone/${item.path}` })) };
    expect(await all(elsewhere, training)).toEqual(await all(set, training));
  });
});

describe('an image that cannot be read', () => {
  it('is named with the reason, and only its batch is smaller', async () => {
    const batches = await all(broken, { ...plain, batchSize: 3 });
    expect(batches.map(({ indices }) => [...indices])).toEqual([[0, 1], [5], [6]]);
    expect(batches.map(({ images }) => images.shape[0])).toEqual([2, 1, 1]);
    const skipped = batches.flatMap((batch) => batch.skipped);
    expect(skipped.map(({ path }) => path)).toEqual(broken.items.slice(2, 5).map(({ path }) => path));
    for (const [i, says] of ['damaged or cut off', 'there is no such file', 'is not a file'].entries()) {
      expect(skipped[i]!.reason).toContain(says);
    }
    const want = joined(await all(set, { ...plain, batchSize: 1 }));
    expect(joined(batches.slice(0, 1))).toEqual(want.slice(0, 2 * 75));
  });

  it('may leave a batch empty', async () => {
    const [only] = await all({ ...broken, items: broken.items.slice(3, 5) }, plain);
    expect(only).toMatchObject({ images: { shape: [0, 3, 5, 5] }, labels: new Float32Array() });
    expect(only!.skipped.length).toBe(2);
  });

  it('is one that is smaller than the network takes, too', async () => {
    const [first] = await all(set, { ...plain, preprocessing: { crop: { mode: 'centre', size: 9 }, channels: 'RGB' } });
    expect(first!.indices.length).toBe(0);
    expect(first!.skipped[0]!.reason).toContain('smaller than the crop');
  });
});

describe('loading ends', () => {
  it('when it is aborted', async () => {
    const controller = new AbortController();
    const batches = loadBatches(set, { ...training, batchSize: 1, workers: 2, signal: controller.signal });
    await batches.next();
    const next = (async () => {
      for await (const _ of batches) controller.abort(new Error('enough'));
    })();
    await expect(next).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
  });

  it('before it starts, when it was aborted already', async () => {
    const batches = loadBatches(set, { ...training, signal: AbortSignal.abort() });
    await expect(batches.next()).rejects.toMatchObject({ code: 'aborted' });
  });

  it('when a pack is replaced under it', async () => {
    const changed = { ...packed, pack: { ...packed.pack, id: '00'.repeat(32) } };
    const error = { code: 'invalid-file', message: expect.stringContaining('replaced') };
    await expect(all(changed, training)).rejects.toMatchObject(error);
  });
});

describe('refuses, at once', () => {
  it.each([
    { why: 'half a batch', change: { batchSize: 0.5 }, where: 'batchSize' },
    { why: 'a set smaller than the only batch', change: { batchSize: 11, dropLast: true }, where: 'batchSize' },
    { why: 'to go on behind the end', change: { from: 4 }, where: 'from' },
    { why: 'to go on before the start', change: { from: -1 }, where: 'from' },
    { why: 'no threads', change: { workers: 0 }, where: 'workers' },
    { why: 'no batch at a time', change: { prefetch: 0 }, where: 'prefetch' },
    { why: 'a seed below 0', change: { seed: -1 }, where: 'seed' },
    { why: 'a bad step', change: { augmentation: [{ kind: 'cutout', size: 0 }] as const }, where: 'augmentation[0]' },
    {
      why: 'bad preprocessing',
      change: { preprocessing: { ...preprocessing, scale: Number.NaN } },
      where: 'preprocess',
    },
  ])('$why', ({ change, where }) => {
    const load = () => loadBatches(set, { ...training, ...change });
    expect(load).toThrow(expect.objectContaining({ code: 'invalid-input', where }));
  });

  it('a set without images', () => {
    expect(() => loadBatches({ classes: ['a'], items: [] }, plain)).toThrow(/has no images/);
  });

  it('a pack for another preprocessing', () => {
    const other = { ...preprocessing, resize: { ...resize, size: 8 } };
    expect(() => loadBatches(packed, { ...plain, preprocessing: other })).toThrow(/short-side 7.*short-side 8/);
  });
});
