import type { Preprocessing, Tensor } from '@alexnet/core';
import { type Colour, emptyPicture, type Picture, setPixel } from './picture.ts';
import { rangeOf } from './range.ts';

/** Which of the network's planes to show: all together in colour, or one in grey. */
export type Planes = 'all' | number;

/**
 * The preprocessed input as the network sees it, with its mean and scale undone: pixels from 0 to 255 again. Of ten crops, one. A
 * mean that the image had itself is not known any more: such an input is stretched from its smallest to its largest value.
 */
export function undoPreprocessing(input: Tensor, spec: Preprocessing, crop: number, planes: Planes = 'all'): Picture {
  const [, depth = 1, height = 1, width = 1] = input.shape;
  const area = height * width;
  const values = input.data.subarray(crop * depth * area, (crop + 1) * depth * area);
  const pixelOf = undoing(values, spec, height, width);
  const [red, green, blue] = planes === 'all' ? colourPlanes(spec.channels) : [planes, planes, planes];
  const picture = emptyPicture(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (plane: number) => pixelOf(plane, y, x);
      setPixel(picture, x, y, [at(red), at(green), at(blue)]);
    }
  }
  return picture;
}

/** The crop in the middle, which is the fifth of ten. */
export function centreCrop(input: Tensor): number {
  return input.shape[0] === 10 ? 4 : 0;
}

/** What the network's planes are called, in its order. */
export function planeNames(channels: Preprocessing['channels']): readonly string[] {
  if (channels === 'grey') return ['grey'];
  return channels === 'RGB' ? ['red', 'green', 'blue'] : ['blue', 'green', 'red'];
}

function colourPlanes(channels: Preprocessing['channels']): Colour {
  if (channels === 'grey') return [0, 0, 0];
  return channels === 'RGB' ? [0, 1, 2] : [2, 1, 0];
}

function undoing(
  values: Float32Array,
  { mean, scale = 1, deviation }: Preprocessing,
  height: number,
  width: number,
): (plane: number, y: number, x: number) => number {
  const valueAt = (plane: number, y: number, x: number) => values[(plane * height + y) * width + x]!;
  if (mean?.kind === 'own-scalar' || mean?.kind === 'image' || scale === 0) {
    const { min, max } = rangeOf(values);
    return (plane, y, x) => (255 * (valueAt(plane, y, x) - min)) / (max - min || 1);
  }
  return (plane, y, x) => (valueAt(plane, y, x) * (deviation?.[plane] ?? 1)) / scale + (mean?.values[plane] ?? 0);
}
