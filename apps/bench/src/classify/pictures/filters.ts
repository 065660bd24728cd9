import type { Graph, NodeOf, Preprocessing, Tensor, Weights } from '@alexnet/core';
import { mosaic } from './mosaic.ts';
import { noNumber, type Picture } from './picture.ts';
import { placeIn, rangeOf } from './range.ts';

/** The first layer's filters as pictures. */
export interface FilterPicture {
  readonly picture: Picture;
  readonly layer: string;
  /** `[out, in, height, width]`. */
  readonly shape: readonly number[];
}

/** More would be too small to be seen. */
const MOST = 512;

/**
 * The weights of a graph's first convolution, each filter stretched from its own smallest to its own largest value: in colour where it
 * reads three channels, red last where the network wants BGR.
 */
export function filterPicture(
  graph: Graph,
  weights: Weights,
  channels: Preprocessing['channels'],
): FilterPicture | undefined {
  const layer = graph.nodes.find((node): node is NodeOf<'conv2d'> => node.op === 'conv2d');
  const filters = layer && weights.get(layer.weight);
  if (layer === undefined || filters === undefined) return undefined;
  return { picture: picturesOf(filters, channels), layer: layer.name, shape: filters.shape };
}

function picturesOf({ shape, data }: Tensor, channels: Preprocessing['channels']): Picture {
  const [out = 0, depth = 1, height = 1, width = 1] = shape;
  const planes: readonly [red: number, green: number, blue: number] =
    depth === 3 ? (channels === 'BGR' ? [2, 1, 0] : [0, 1, 2]) : [0, 0, 0];
  const size = depth * height * width;
  const count = Math.min(out, MOST);
  const ranges = Array.from({ length: count }, (_, i) => rangeOf(data.subarray(i * size, (i + 1) * size)));
  return mosaic({
    count,
    width,
    height,
    colour(filter, x, y) {
      const value = (plane: number) => data[filter * size + (plane * height + y) * width + x]!;
      const shade = (plane: number) => 255 * placeIn(ranges[filter]!, value(plane));
      const [red, green, blue] = planes;
      return planes.every((plane) => Number.isFinite(value(plane)))
        ? [shade(red), shade(green), shade(blue)]
        : noNumber;
    },
  });
}
