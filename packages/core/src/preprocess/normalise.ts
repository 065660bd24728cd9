import { centred } from './crops.ts';
import { channelCount, type Mean, type Preprocessing } from './preprocessing.ts';

/**
 * Interleaved 0-255 RGB to planes in the network's channel order: ((x - mean) * scale) / deviation, computed in float64 in
 * exactly this order, then rounded to float32 once.
 */
export function normalise(rgb: Float64Array, spec: Preprocessing): Float32Array {
  const { mean, scale = 1, deviation } = spec;
  const values = planes(rgb, spec.channels);
  subtract(mean, values, spec);
  const area = rgb.length / 3;
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = (values[i]! * scale) / (deviation === undefined ? 1 : deviation[Math.floor(i / area)]!);
  }
  return out;
}

function planes(rgb: Float64Array, channels: Preprocessing['channels']): Float64Array {
  const area = rgb.length / 3;
  const out = new Float64Array(channelCount(channels) * area);
  for (let pixel = 0; pixel < area; pixel++) {
    const [red, green, blue] = [rgb[3 * pixel]!, rgb[3 * pixel + 1]!, rgb[3 * pixel + 2]!];
    if (channels === 'grey') {
      out[pixel] = 0.299 * red + 0.587 * green + 0.114 * blue;
    } else {
      out[pixel] = channels === 'RGB' ? red : blue;
      out[area + pixel] = green;
      out[2 * area + pixel] = channels === 'RGB' ? blue : red;
    }
  }
  return out;
}

function subtract(mean: Mean | undefined, values: Float64Array, { channels, crop: { size } }: Preprocessing): void {
  const area = size * size;
  switch (mean?.kind) {
    case undefined:
      return;
    case 'channel':
      for (let c = 0; c < channelCount(channels); c++) {
        for (let i = c * area; i < (c + 1) * area; i++) values[i]! -= mean.values[c]!;
      }
      return;
    case 'own-scalar': {
      let sum = 0;
      for (const value of values) sum += value;
      const average = sum / values.length;
      for (let i = 0; i < values.length; i++) values[i]! -= average;
      return;
    }
    case 'image': {
      const { data } = mean.image;
      const [, height, width] = mean.image.shape as [number, number, number];
      const { left, top } = centred({ width, height }, size);
      for (let i = 0; i < values.length; i++) {
        const column = i % size;
        const row = Math.floor(i / size) % size;
        values[i]! -= data[(Math.floor(i / area) * height + top + row) * width + left + column]!;
      }
      return;
    }
  }
}
