import type { Tensor } from '@alexnet/core';
import { mosaic } from './mosaic.ts';
import { noNumber, type Picture } from './picture.ts';
import { placeIn, type Range, rangeOf } from './range.ts';
import { viridis } from './viridis.ts';

/** A value of a network as a picture. */
export interface ActivationPicture {
  readonly picture: Picture;
  /** Without the batch. */
  readonly shape: readonly number[];
  readonly range: Range;
  /** How many channels are in the picture, of how many. */
  readonly shown: number;
  readonly channels: number;
}

/** More would be too small to be seen. */
const MOST = 512;
/** Of all maps: where they have more, every second or third is taken. */
const MOST_PIXELS = 1_000_000;

/** One sample of a value `[N, channels, height, width]` or `[N, channels]`, all of it in one range, so that channels can be compared. */
export function activationPicture({ shape: [, ...shape], data }: Tensor, sample: number): ActivationPicture {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const values = data.subarray(sample * size, (sample + 1) * size);
  const range = rangeOf(values);
  const [channels = 1, height = 1, width = 1] = shape;
  const colourOf = (value: number) => (Number.isFinite(value) ? viridis(placeIn(range, value)) : noNumber);
  if (shape.length < 3) {
    return { picture: strip(size, (i) => colourOf(values[i]!)), shape, range, shown: size, channels: size };
  }
  const shown = Math.min(channels, MOST);
  const step = Math.ceil(Math.sqrt((shown * height * width) / MOST_PIXELS));
  const picture = mosaic({
    count: shown,
    width: Math.ceil(width / step),
    height: Math.ceil(height / step),
    colour: (channel, x, y) => colourOf(values[(channel * height + y * step) * width + x * step]!),
  });
  return { picture, shape, range, shown, channels };
}

/** A long row, broken so that it is four times as wide as high. */
function strip(count: number, colour: (i: number) => ReturnType<typeof viridis>): Picture {
  const columns = Math.min(count, Math.max(16, Math.round(Math.sqrt(4 * count))));
  return mosaic({ count, width: 1, height: 1, columns, gap: 0, colour });
}
