import { type Shape, sizeOf } from '@alexnet/core';
import type { DataType } from './graph-def.ts';

/**
 * A named tensor of the weight files, as a strided view of 32-bit words that lie elsewhere: a parameter in another layout is
 * rearranged while it is written, piece by piece, and never as a whole.
 */
export interface Constant {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: Shape;
  /** The words that the view is of, whatever their type. */
  readonly words: () => Int32Array;
  /** Index of the first word. */
  readonly from: number;
  /** How the elements follow each other, outermost first. As many elements as `shape` has, not always along the same axes. */
  readonly axes: readonly Axis[];
}

/** `extent` steps of `stride` words each. */
export interface Axis {
  readonly extent: number;
  readonly stride: number;
}

/** A float32 constant, row-major. */
export function floats(name: string, shape: Shape, data: Float32Array): Constant {
  return plain(name, 'float32', shape, wordsOf(data));
}

/** An int32 constant, row-major. */
export function integers(name: string, shape: Shape, values: readonly number[]): Constant {
  return plain(name, 'int32', shape, Int32Array.from(values));
}

/** The bits of float32 values, without a copy. */
export function wordsOf(data: Float32Array): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, data.length);
}

function plain(name: string, dtype: DataType, shape: Shape, words: Int32Array): Constant {
  return { name, dtype, shape, words: () => words, from: 0, axes: [{ extent: sizeOf(shape), stride: 1 }] };
}

/** Fills `target` with the elements of a view from its `first` one on; there must be that many. */
export function copyElements({ from, axes }: Constant, words: Int32Array, first: number, target: Int32Array): void {
  const inner = axes.at(-1)!;
  for (let done = 0; done < target.length; ) {
    // the place of the next element, from its index along each axis
    let index = first + done;
    const run = Math.min(inner.extent - (index % inner.extent), target.length - done);
    let place = from;
    for (const { extent, stride } of axes.toReversed()) {
      place += (index % extent) * stride;
      index = Math.floor(index / extent);
    }
    for (let i = 0; i < run; i++) target[done + i] = words[place + i * inner.stride]!;
    done += run;
  }
}
