import { type Shape, sizeOf, type Tensor } from '@alexnet/core';

/** A tensor in another layout, in pieces that are made when they are asked for. */
export interface Converted {
  readonly shape: Shape;
  readonly chunks: Iterable<Float32Array>;
}

/** Values of a piece, 4 MB. */
const CHUNK = 2 ** 20;

/** OIHW to HWIO. */
export function toHwio({ shape, data }: Tensor): Converted {
  const [outs, ins, height, width] = shape as [number, number, number, number];
  const hwio = new Float32Array(data.length);
  const area = height * width;
  let at = 0;
  for (let place = 0; place < area; place++) {
    for (let i = 0; i < ins; i++) {
      for (let o = 0; o < outs; o++) hwio[at++] = data[(o * ins + i) * area + place]!;
    }
  }
  return { shape: [height, width, ins, outs], chunks: [hwio] };
}

/**
 * `[out, in]` to `[in, out]`. Where the input is an image [c, h, w] that we flatten as CHW, the rows are put in the order of HWC:
 * row `(y * w + x) * c + channel` is column `(channel * h + y) * w + x`.
 */
export function toInOut({ shape, data }: Tensor, image: Shape = [shape[1]!, 1, 1]): Converted {
  const [outs, ins] = shape as [number, number];
  const channels = image[0]!;
  const area = sizeOf(image.slice(1));
  const columnOf = (row: number) => (row % channels) * area + Math.floor(row / channels);
  return { shape: [ins, outs], chunks: columnBlocks(data, outs, ins, columnOf) };
}

function* columnBlocks(
  data: Float32Array,
  outs: number,
  ins: number,
  columnOf: (row: number) => number,
): Generator<Float32Array, void> {
  const rows = Math.max(1, Math.floor(CHUNK / outs));
  for (let from = 0; from < ins; from += rows) {
    const columns = Array.from({ length: Math.min(rows, ins - from) }, (_, i) => columnOf(from + i));
    const block = new Float32Array(columns.length * outs);
    for (let o = 0; o < outs; o++) {
      for (const [i, column] of columns.entries()) block[i * outs + o] = data[o * ins + column]!;
    }
    yield block;
  }
}
