import type { Float64Tensor, Node, NodeOf, OpName, Precision, Shape, Tensor, Weights } from '@alexnet/core';
import type { Allowed } from '../numerics/tolerance.ts';

/** One node whose result is wrong, and all that is known about it. */
export interface Subject<N extends Node = Node> {
  readonly node: N;
  readonly batch: number;
  /** What it read, without the batch in `shape`; float32 values. */
  readonly input: { readonly shape: Shape; readonly data: Float64Array };
  /** What the weights mean in `precision`. */
  readonly weights: Weights;
  /** The weights as they were handed over. */
  readonly given: Weights;
  readonly precision: Precision;
  /** A ReLU follows, in `want` and in `got`. */
  readonly relu: boolean;
  /** The oracle's value, and the same before the ReLU. */
  readonly want: Float64Tensor;
  readonly beforeRelu: Float64Array;
  readonly allowed: Allowed;
  /** What the backend gave: the number of values is that of its shape. */
  readonly got: Tensor;
}

/** What a mistake gives, element by element: only as many are computed as it takes to tell mistakes apart. */
export interface Guess {
  /** Output element i of the flat tensor, batch first; before a ReLU that follows, unless `final`. */
  at(i: number): number;
  /** Where it is not the right shape. Batch first. */
  readonly shape?: Shape;
  /** The ReLU is in it already. */
  readonly final?: true;
}

/** A mistake that backends make. */
export interface Mistake<N extends Node = Node> {
  /** Unique, after the op: `alpha-not-divided`. */
  readonly id: string;
  readonly cause: string;
  readonly fix: string;
  /** Undefined where nobody could make it: no padding, no bias, one group. */
  evaluate(subject: Subject<N>): Guess | undefined;
}

/** Mistakes of one op, the most common first. */
export type MistakesOf<K extends OpName> = readonly Mistake<NodeOf<K>>[];

/** `[channels, height, width]` of a value, without its batch; a flat one is an image of one pixel. */
export function imageOf(shape: Shape): readonly [number, number, number] {
  const [channels = 1, height = 1, width = 1] = shape;
  return [channels, height, width];
}

/** Sample, channel, row, column. */
export interface Place {
  readonly n: number;
  readonly c: number;
  readonly r: number;
  readonly s: number;
}

/** The place of element i. */
export function placeOf(i: number, [channels, height, width]: readonly [number, number, number]): Place {
  const c = Math.floor(i / (height * width));
  return { n: Math.floor(c / channels), c: c % channels, r: Math.floor(i / width) % height, s: i % width };
}

/** The element at a place; the inverse of `placeOf`. */
export function indexOf(
  n: number,
  c: number,
  r: number,
  s: number,
  [channels, height, width]: readonly [number, number, number],
): number {
  return ((n * channels + c) * height + r) * width + s;
}

export const indexAt = ({ n, c, r, s }: Place, image: readonly [number, number, number]): number =>
  indexOf(n, c, r, s, image);

/** One coordinate of a place. */
export const along = (axis: keyof Place, value: number): Partial<Place> => ({ [axis]: value });
