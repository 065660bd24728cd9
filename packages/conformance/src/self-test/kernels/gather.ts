import { type Floats, type Shape, sizeOf } from '@alexnet/core';
import type { Dot } from './dots.ts';

/** Which float32 ways a backend for training goes. */
export interface Ways {
  /** The order of sums. */
  readonly dot: Dot;
  /** Means of squares less squared means, factors folded, terms in another order: what else is correct. */
  readonly folded: boolean;
}

/** Hands over the products of a sum. */
export type Gather = (visit: (a: number, b: number) => void) => void;

const room = { a: new Float32Array(1 << 16), b: new Float32Array(1 << 16) };

/** The sum of the products that are handed over. */
export function added(dot: Dot, gather: Gather): number {
  let count = 0;
  gather((a, b) => {
    room.a[count] = a;
    room.b[count++] = b;
  });
  return count === 0 ? 0 : dot(room.a.subarray(0, count), room.b.subarray(0, count), 0);
}

/** A value of this shape, element by element. */
export function filled(shape: Shape, of: (i: number) => number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => of(i));
}

/** Calls with every element of one channel of a value CxHxW or C in a batch. */
export function eachOfChannel(
  value: Floats,
  channels: number,
  batch: number,
  c: number,
  visit: (i: number) => void,
): void {
  const plane = value.length / batch / channels;
  for (let n = 0; n < batch; n++) for (let p = 0; p < plane; p++) visit((n * channels + c) * plane + p);
}
