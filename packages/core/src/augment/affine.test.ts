import { describe, expect, it } from 'vitest';
import { made } from '../preprocess/test-images.ts';
import { affineMatrix, resample } from './affine.ts';
import { pixelsOf, resizedPicture } from './picture.ts';

/** The word that draws a number at `place` of its range, 0 to 1. */
const word = (place: number) => Math.round(place * 0x100000000);
const middle = word(0.5);
const words = (...places: (number | undefined)[]) =>
  Uint32Array.from({ length: 6 }, (_, i) => (places[i] === undefined ? middle : word(places[i])));
const rgb = (width: number, height: number) => pixelsOf(resizedPicture(made(width, height), undefined));
const reds = (pixels: Float64Array) => pixels.filter((_, i) => i % 3 === 0);

// rotation * shift * shear * zoom around the middle, composed in NumPy; pixels by scipy.ndimage.affine_transform, order 1
const kerasMatrix = [
  1.0392304845413265, -0.5785088487178853, 2.37269102346211, 0.6, 0.6894399988070803, -0.9864117523447089,
] as const;
const scipy = {
  nearest: [
    164.106843, 144.293085, 104.497802, 92.703115, 195.419529, 203.0, 148.274702, 88.907284, 62.833401, 99.243934,
    166.903586, 50.388226, 66.585753, 95.487942, 192.245402, 65.503586, 61.666554, 94.389111, 113.693431, 117.571348,
  ],
  constant: [
    0, 0, 104.497802, 92.703115, 195.419529, 0, 148.274702, 88.907284, 62.833401, 99.243934, 0, 0, 0, 95.487942,
    192.245402, 0, 0, 0, 0, 0,
  ],
};

describe('an affine step', () => {
  it('composes its parts as Keras does', () => {
    // rotation 30, shift 0.75 rows and -1.25 columns, shear 10, zoom 1.2 and 0.9 of a 5 x 4 picture
    const step = { kind: 'affine', rotation: 40, shift: [0.25, 0.5], shear: 20, zoom: 0.4, fill: 'nearest' } as const;
    const got = affineMatrix(step, 5, 4, words(0.875, 0.875, 0.25, 0.75, 0.75, 0.375));
    for (const [i, want] of kerasMatrix.entries()) expect(got[i]).toBeCloseTo(want, 6);
  });

  it.each(['nearest', 'constant'] as const)('samples as SciPy does, outside %s', (fill) => {
    const got = reds(resample(rgb(5, 4), 5, 4, kerasMatrix, fill));
    for (const [i, want] of scipy[fill].entries()) expect(got[i]).toBeCloseTo(want, 5);
  });

  it.each([
    { why: 'nothing', part: {}, at: [], want: [0, 1, 2, 3, 4, 5] },
    { why: 'a shift down the rows', part: { shift: [1 / 3, 0] }, at: [0, 0], want: [0, 1, 0, 1, 2, 3] },
    { why: 'a shift across', part: { shift: [0, 0.5] }, at: [0, 0.5, 0], want: [0, 0, 2, 2, 4, 4] },
    { why: 'half a turn', part: { rotation: 180 }, at: [0], want: [5, 4, 3, 2, 1, 0] },
  ] as const)('moves a 2 x 3 picture by $why', ({ part, at, want }) => {
    const picture = Float64Array.from([0, 1, 2, 3, 4, 5].flatMap((v) => [v, v, v]));
    const step = { kind: 'affine', fill: 'nearest', ...part } as const;
    const matrix = affineMatrix(step, 2, 3, words(...at)).map((v) => Math.round(v * 2) / 2);
    expect([...reds(resample(picture, 2, 3, matrix as never, 'nearest'))]).toEqual(want);
  });

  it('is the identity, to the bit, when nothing moves', () => {
    const picture = rgb(7, 5);
    const matrix = affineMatrix({ kind: 'affine', fill: 'constant' }, 7, 5, words());
    expect(resample(picture, 7, 5, matrix, 'constant')).toEqual(picture);
  });
});
