import { describe, expect, it } from 'vitest';
import { preprocess } from './preprocess.ts';
import type { Preprocessing, RgbaImage } from './preprocessing.ts';
import * as presets from './presets.ts';

/** One colour, so that resizing changes nothing: red 200, green 100, blue 50. */
function plain(width: number, height: number): RgbaImage {
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 4 }, (_, i) => [200, 100, 50, 255][i % 4]!),
  };
}

/** The left half 0, the right half 255. */
function halves(width: number, height: number): RgbaImage {
  const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => ((i >> 2) % width < width / 2 ? 0 : 255));
  return { width, height, data };
}

interface Row {
  readonly name: string;
  readonly spec: Preprocessing;
  readonly size: number;
  /** First value of each plane for red 200, green 100, blue 50. */
  readonly values: readonly number[];
}

const rows: readonly Row[] = [
  {
    name: 'caffe: BGR minus the mean of the mean image',
    spec: presets.caffe(227),
    size: 227,
    values: [50 - 104.00698793, 100 - 116.66876762, 200 - 122.67891434],
  },
  {
    name: 'kratzert: BGR minus the VGG mean',
    spec: presets.kratzert(227),
    size: 227,
    values: [50 - 103.939, 100 - 116.779, 200 - 123.68],
  },
  {
    name: 'ONNX zoo: BGR minus the VGG mean, at 224',
    spec: presets.onnxZoo(224),
    size: 224,
    values: [50 - 103.939, 100 - 116.779, 200 - 123.68],
  },
  {
    name: 'paper: RGB minus the mean of the training set',
    spec: presets.paper(224),
    size: 224,
    values: [200 - 127.3, 100 - 119.72, 50 - 104.91],
  },
  {
    name: 'torchvision: 0-1, standardised',
    spec: presets.torchvision(224),
    size: 224,
    values: [(200 / 255 - 0.485) / 0.229, (100 / 255 - 0.456) / 0.224, (50 / 255 - 0.406) / 0.225],
  },
  {
    name: 'uestcsongtaoli and other Keras networks: 0-1',
    spec: presets.unitRange(224),
    size: 224,
    values: [200 / 255, 100 / 255, 50 / 255],
  },
  {
    name: "MNIST: one grey channel, Pillow's luma, 0-1",
    spec: presets.greyUnitRange(28),
    size: 28,
    values: [(0.299 * 200 + 0.587 * 100 + 0.114 * 50) / 255],
  },
];

describe('presets', () => {
  it.each(rows)('$name', ({ spec, size, values }) => {
    const { shape, data } = preprocess(plain(400, 300), spec);
    expect(shape).toEqual([1, values.length, size, size]);
    for (const [c, value] of values.entries()) {
      // a float64 expression in another order: half a float32 step and some
      expect(Math.abs(data[c * size * size]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -23);
    }
  });

  it('Toronto and Udacity: RGB minus the mean of the image itself, no resize', () => {
    const { shape, data } = preprocess(plain(227, 227), presets.ownMean(227));
    expect(shape).toEqual([1, 3, 227, 227]);
    expect(data[0]).toBe(Math.fround(200 - 350 / 3));
  });

  it.each([
    { name: 'torchvision at 256 and 224', spec: presets.torchvision(224), resize: 256, crop: 224 },
    { name: 'torchvision at 128 keeps its margin', spec: presets.torchvision(128), resize: 146, crop: 128 },
    { name: 'paper at 256 and 224', spec: presets.paper(224), resize: 256, crop: 224 },
    { name: 'caffe at 256 and 227', spec: presets.caffe(227), resize: 256, crop: 227 },
    { name: 'kratzert without a margin', spec: presets.kratzert(227), resize: 227, crop: 227 },
    { name: 'ONNX zoo without a margin', spec: presets.onnxZoo(224), resize: 224, crop: 224 },
    { name: 'Keras without a margin', spec: presets.unitRange(224), resize: 224, crop: 224 },
  ])('$name', ({ spec, resize, crop }) => {
    expect([spec.resize?.size, spec.crop]).toEqual([resize, { mode: 'centre', size: crop }]);
  });

  it.each([
    { name: 'torchvision (cropped)', spec: presets.torchvision(224) },
    { name: 'kratzert (warped)', spec: presets.kratzert(224) },
  ])('$name: the edge in the middle of a wide image stays in the middle', ({ spec }) => {
    const { data } = preprocess(halves(600, 100), spec);
    const row = data.subarray(0, 224);
    expect(row[100]).toBe(row[0]);
    expect(row[123]).toBe(row[223]);
    expect(row[100]).toBeLessThan(row[123]!);
  });
});
