import { asWeights, readSafetensors, type Tensor, toFloat64 } from '@alexnet/core';
import { goldenFile } from './golden-file.ts';

/** What a framework computed with a golden network. */
export interface Expected {
  readonly input: Tensor;
  /** By our names; of large layers every n-th value, see `tools/python/cut_golden.py`. */
  readonly layers: ReadonlyMap<string, Float64Array>;
  /** The values of a whole layer that are among those expected. */
  pick(layer: string, values: Float64Array): Float64Array;
}

/** Nets of Caffe were given the same picture, of which the zoo's takes a part. */
const inputs: Readonly<Record<string, string>> = {
  caffenet: 'bvlc-alexnet',
  'deep-compression': 'bvlc-alexnet',
  'zoo-bvlcalexnet': 'bvlc-alexnet',
};

const read = (net: string) => readSafetensors(goldenFile(`${net}.expected.safetensors`));

/** The expected layers of a golden network for an input of `size` pixels. */
export function expectedLayers(net: string, size: number): Expected {
  const { tensors, metadata } = read(net);
  const every = Number(metadata['every']);
  const layers = new Map(
    [...tensors].filter(([name]) => name !== 'input').map(([name, tensor]) => [name, toFloat64(tensor)]),
  );
  return {
    input: cropped(asWeights(read(inputs[net] ?? net)).get('input')!, size),
    layers,
    pick: (layer, values) => {
      const isCut = layers.get(layer)?.length !== values.length;
      return isCut ? values.filter((_, i) => i % every === 0) : values;
    },
  };
}

/** The upper left part of an image NCHW. */
function cropped({ shape, data }: Tensor, size: number): Tensor {
  const [, , height, width] = shape as [number, number, number, number];
  if (height === size && width === size) return { shape, data };
  const inside = data.filter((_, i) => i % width < size && Math.floor(i / width) % height < size);
  return { shape: [1, 3, size, size], data: inside };
}

/** The largest difference, relative to the largest value of the layer; infinite when there are more or fewer values. */
export function relativeError(got: Float64Array, want: Float64Array): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  const scale = want.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return want.reduce((most, v, i) => Math.max(most, Math.abs(v - got[i]!)), 0) / scale;
}
