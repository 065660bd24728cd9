import type { Shape } from '@alexnet/core';
import type { Columns } from '../engines/engine.ts';

/** Images [n, c, h, w] as [n, h, w, c]; `shape` is [c, h, w]. */
export function toNhwc(data: Float32Array, [channels = 1, height = 1, width = 1]: Shape): Float32Array {
  return everyMatrixTransposed(data, channels, height * width);
}

/** Images [n, h, w, c] as [n, c, h, w]; `shape` is [c, h, w]. */
export function fromNhwc(data: Float32Array, [channels = 1, height = 1, width = 1]: Shape): Float32Array {
  return everyMatrixTransposed(data, height * width, channels);
}

/** A convolution's weights of one group, OIHW [out, in, kh, kw], as HWIO [kh, kw, in, out]. */
export function toHwio(data: Float32Array, [out = 1, into = 1, kh = 1, kw = 1]: Shape): Float32Array {
  return toInOut(data, [out, into * kh * kw], [into, kh, kw]);
}

/**
 * A linear layer's weights [out, in] as [in, out]. Where the input is a flattened image, whose order is CHW in the graph and HWC
 * here, `image` is its shape [c, h, w] and the rows are put into that order.
 */
export function toInOut(data: Float32Array, [out = 1, into = 1]: Shape, image?: Shape): Float32Array {
  const values = new Float32Array(data.length);
  putInOut({ from: 0, to: out, data }, into, image, { values, first: 0, pitch: out });
  return values;
}

/** Rows of a linear layer's weights [out, in], from one up to another. */
interface WeightRows {
  readonly from: number;
  readonly to: number;
  readonly data: Float32Array;
}

/** `toInOut` of some rows, into their columns of the result. */
export function putInOut(
  { from, to, data }: WeightRows,
  into: number,
  image: Shape = [into, 1, 1],
  { values, first, pitch }: Columns,
): void {
  const [channels = 1, height = 1, width = 1] = image;
  const pixels = height * width;
  for (let channel = 0; channel < channels; channel++) {
    const source = { data, at: channel * pixels, stride: into };
    transpose(source, { data: values, at: channel * pitch + first, stride: channels * pitch }, to - from, pixels);
  }
}

/** Rows of a linear layer's weights [out, in] into their places, each in the order HWC where its input is an image of shape [c, h, w]. */
export function putHwcRows(
  { from, data }: WeightRows,
  into: number,
  image: Shape | undefined,
  result: Float32Array,
): void {
  result.set(image === undefined ? data : toNhwc(data, image), from * into);
}

/** Matrices [n, rows, columns] as [n, columns, rows]. */
function everyMatrixTransposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += rows * columns) {
    transpose({ data, at, stride: columns }, { data: result, at, stride: rows }, rows, columns);
  }
  return result;
}

/** A matrix inside an array: its first element and the distance of its rows. */
interface Matrix {
  readonly data: Float32Array;
  readonly at: number;
  readonly stride: number;
}

/** In tiles that stay in the cache: fc6 has 38 million elements. */
const TILE = 32;

function transpose(from: Matrix, to: Matrix, rows: number, columns: number): void {
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(rows, top + TILE);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(columns, left + TILE);
      for (let row = top; row < bottom; row++) {
        const start = from.at + row * from.stride;
        for (let column = left; column < right; column++) {
          to.data[to.at + column * to.stride + row] = from.data[start + column]!;
        }
      }
    }
  }
}
