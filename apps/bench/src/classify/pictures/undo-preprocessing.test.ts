import { type Preprocessing, preprocess, presets, type RgbaImage } from '@alexnet/core';
import { describe, expect, it } from 'vitest';
import { planeNames, undoPreprocessing } from './undo-preprocessing.ts';

/** No two pixels and no two channels are alike. */
const made = (width: number, height: number): RgbaImage => ({
  width,
  height,
  data: Uint8Array.from({ length: 4 * width * height }, (_, i) => (i % 4 === 3 ? 255 : (i * 37 + 11) % 256)),
});
const opaque = (image: RgbaImage) => [...image.data];

describe('undoing preprocessing', () => {
  it.each([
    { why: 'a mean, a scale and deviations', spec: presets.torchvision(64) },
    { why: 'BGR', spec: presets.caffe(64) },
    { why: 'a scale alone', spec: presets.unitRange(64) },
  ] satisfies { why: string; spec: Preprocessing }[])('gives the pixels back: $why', ({ spec }) => {
    const image = made(64, 64);
    const { resize: _, ...unresized } = spec;
    const { width, height, data } = undoPreprocessing(preprocess(image, unresized), spec, 0);
    expect([width, height]).toEqual([64, 64]);
    expect([...data]).toEqual(opaque(image));
  });

  const small: Preprocessing = { crop: { mode: 'centre', size: 2 }, channels: 'BGR' };
  const image = made(2, 2);

  it('shows one plane in grey, in the order of the network', () => {
    expect(planeNames('BGR')).toEqual(['blue', 'green', 'red']);
    const { data } = undoPreprocessing(preprocess(image, small), small, 0, 0);
    expect([...data.subarray(0, 4)]).toEqual([image.data[2], image.data[2], image.data[2], 255]);
  });

  it('shows a grey input', () => {
    const spec: Preprocessing = { ...small, channels: 'grey' };
    const { data } = undoPreprocessing(preprocess(image, spec), spec, 0);
    const luma = Math.round(0.299 * image.data[0]! + 0.587 * image.data[1]! + 0.114 * image.data[2]!);
    expect([...data.subarray(0, 4)]).toEqual([luma, luma, luma, 255]);
  });

  it('takes the crop that is wanted', () => {
    const spec: Preprocessing = { ...small, crop: { mode: 'ten', size: 1 }, channels: 'RGB' };
    const { data } = undoPreprocessing(preprocess(image, spec), spec, 3);
    expect([...data]).toEqual([...image.data.subarray(12, 16)]);
  });

  it('stretches an input whose mean was its own', () => {
    const spec: Preprocessing = { ...small, channels: 'RGB', mean: { kind: 'own-scalar' } };
    const { data } = undoPreprocessing(preprocess(image, spec), spec, 0);
    const shown = data.filter((_, i) => i % 4 !== 3);
    expect([Math.min(...shown), Math.max(...shown)]).toEqual([0, 255]);
  });
});
