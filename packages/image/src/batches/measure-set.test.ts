import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packImages } from '../pack/pack-images.ts';
import type { ImageSet } from '../sets/image-set.ts';
import { type Workspace, workspace } from '../testing/pictures.ts';
import { measureSet } from './measure-set.ts';

let files: Workspace;
let set: ImageSet;
beforeAll(async () => {
  files = await workspace();
  const reds = [10, 20, 60];
  const paths = await Promise.all(reds.map(async (red) => files.picture(`${red}.png`, red, [5, 4])));
  set = { classes: ['a', 'b'], items: paths.map((path, i) => ({ path, label: i % 2 })) };
});
afterAll(async () => files?.[Symbol.asyncDispose]());

const preprocessing = { crop: { mode: 'ten', size: 4 }, channels: 'RGB', scale: 1 / 255 } as const;

describe('measuring a set', () => {
  it.each(['files', 'pack'] as const)('gives mean, deviation and mean image of the centres, from %s', async (from) => {
    const measured = from === 'files' ? set : await packImages(set, { file: files.path('set.pack'), workers: 1 });
    const { mean, deviation, meanImage, images, skipped } = await measureSet(measured, { preprocessing, workers: 2 });
    // the centre of 5 columns is the first 4 (0.5 to the even 0): green 0 5 10 15 along a row, blue 0 7 14 21 down
    expect(mean).toEqual([30, 7.5, 10.5]);
    expect(deviation.map((v) => v.toFixed(6))).toEqual(
      [Math.sqrt((400 + 100 + 900) / 3), Math.sqrt(31.25), Math.sqrt(61.25)].map((v) => v.toFixed(6)),
    );
    expect(meanImage.shape).toEqual([3, 4, 4]);
    expect([meanImage.data[0], meanImage.data[16 + 3], meanImage.data[32 + 15]]).toEqual([30, 15, 21]);
    expect([images, skipped]).toEqual([3, []]);
  });

  it('is in the channel order of the network', async () => {
    const { mean } = await measureSet(set, { preprocessing: { ...preprocessing, channels: 'BGR' }, workers: 1 });
    expect(mean).toEqual([10.5, 7.5, 30]);
  });

  it('leaves out what cannot be read', async () => {
    const items = [...set.items, { path: files.path('missing.png'), label: 0 }];
    const { mean, skipped } = await measureSet({ ...set, items }, { preprocessing, workers: 1 });
    expect([mean[0], skipped.length]).toEqual([30, 1]);
  });

  it('needs one image that can', async () => {
    const items = [{ path: files.path('missing.png'), label: 0 }];
    const error = { code: 'invalid-file', message: expect.stringMatching(/None of the 1 images.*no such file/) };
    await expect(measureSet({ ...set, items }, { preprocessing, workers: 1 })).rejects.toMatchObject(error);
  });
});
