import { type Shape, sizeOf, type Tensor } from '@alexnet/core';
import { compare, type Verdict } from '../numerics/compare.ts';

/** What a backend computed, and how wrong each element may be: all 0 where nothing may be. */
export interface Measured {
  readonly shape: Shape;
  readonly data: Float64Array;
  readonly allowed: Float64Array;
}

/** What the law says itself, without the backend. */
export function known({ shape, data }: Tensor): Measured {
  return { shape, data: Float64Array.from(data), allowed: new Float64Array(data.length) };
}

/** Both sides of a law: no further apart than both may be off together. */
export function agree(left: Measured, right: Measured): Verdict {
  const allowed = Float32Array.from(left.allowed, (error, i) => error + (right.allowed[i] ?? 0));
  const got = { shape: left.shape, data: Float32Array.from(left.data) };
  return compare(got, right, allowed.every((error) => error === 0) ? 'equal' : allowed);
}

/** The first that failed, or the one that came closest to it. */
export function together(...verdicts: readonly Verdict[]): Verdict {
  const failed = verdicts.find(({ passed }) => !passed);
  if (failed !== undefined) return failed;
  const elements = verdicts.reduce((sum, each) => sum + (each.elements ?? 0), 0);
  const closest = verdicts.reduce((a, b) => (Number(b.maxRatio) > Number(a.maxRatio) ? b : a));
  return { ...closest, elements };
}

/** Element by element a sum, in float64: nothing is rounded. */
export function plus(a: Measured, b: Measured): Measured {
  const add = (x: Float64Array, y: Float64Array) => x.map((value, i) => value + y[i]!);
  return { shape: a.shape, data: add(a.data, b.data), allowed: add(a.allowed, b.allowed) };
}

export function times(a: Measured, factor: number): Measured {
  return {
    ...a,
    data: a.data.map((value) => value * factor),
    allowed: a.allowed.map((error) => error * Math.abs(factor)),
  };
}

type Index = readonly number[];

/** A tensor of another shape, whose element at an index is the given one's at `from(index)`. */
export function gather(of: Tensor, shape: Shape, from: (index: Index) => Index): Tensor {
  const places = placesOf(of.shape, shape, from);
  return { shape, data: Float32Array.from(places, (place) => of.data[place]!) };
}

/** `gather` of a result. */
export function gatherMeasured(of: Measured, shape: Shape, from: (index: Index) => Index): Measured {
  const places = placesOf(of.shape, shape, from);
  const pick = (data: Float64Array) => Float64Array.from(places, (place) => data[place]!);
  return { shape, data: pick(of.data), allowed: pick(of.allowed) };
}

/** Results side by side along an axis. */
export function joined(parts: readonly Measured[], axis: number): Measured {
  const extents = parts.map(({ shape }) => shape[axis]!);
  const shape = parts[0]!.shape.with(
    axis,
    extents.reduce((a, b) => a + b),
  );
  const pick = (of: (part: Measured) => Float64Array) =>
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
      const index = indexOf(i, shape);
      let at = index[axis]!;
      let part = 0;
      while (at >= extents[part]!) at -= extents[part++]!;
      return of(parts[part]!)[placeOf(index.with(axis, at), parts[part]!.shape)]!;
    });
  return { shape, data: pick(({ data }) => data), allowed: pick(({ allowed }) => allowed) };
}

function placesOf(of: Shape, shape: Shape, from: (index: Index) => Index): Int32Array {
  return Int32Array.from({ length: sizeOf(shape) }, (_, i) => placeOf(from(indexOf(i, shape)), of));
}

function indexOf(place: number, shape: Shape): number[] {
  const index = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = place % shape[axis]!;
    place = Math.floor(place / shape[axis]!);
  }
  return index;
}

function placeOf(index: Index, shape: Shape): number {
  return shape.reduce((place, extent, axis) => place * extent + index[axis]!, 0);
}
