import { inferTrainingShapes, type TrainingNode } from '@alexnet/core';
import { errorsOf } from './expect.ts';
import type { TrainingSetting } from './settings.ts';
import { trajectory } from './trajectory.ts';

/*
 * Where a loss has a kink, a rounding can decide which way a gradient goes: at the zero of a ReLU, and where two values of a pooling window are
 * equally large. Trainings that go different ways there are both correct, and no band holds both. So settings start from seeds that stay away.
 */

/** A value this close to a kink, relative to the largest beside it, is within a few roundings of it, whatever the errors. */
const WITHIN_ROUNDINGS = 2 ** -20;

/**
 * How close a training comes to a kink, in units of how far errors of the size of the budgets move the values there: the smallest distance over
 * all steps, ReLUs and pooling windows. Below 1 errors may cross it; 0 where a few roundings may.
 */
export function distanceToKinks(setting: TrainingSetting): number {
  const { training, seed } = setting;
  const { values: shapes } = inferTrainingShapes(training);
  const readers = new Map(
    training.nodes.flatMap((node) =>
      node.op === 'relu' || node.op === 'maxPool2d' ? [[node.inputs[0], node] as const] : [],
    ),
  );
  const exact = new Map<string, { readonly value: Float64Array; readonly gap: number }>();
  let closest = Number.POSITIVE_INFINITY;
  trajectory(setting, {
    seen(step, { name }, value) {
      const reader = readers.get(name);
      if (reader === undefined) return false;
      const gap = reader.op === 'maxPool2d' ? smallestGap(reader, value, shapes.get(name)!) : smallest(value);
      exact.set(`${step}/${name}`, { value: value.slice(), gap });
      if (gap < WITHIN_ROUNDINGS * value.reduce((most, each) => Math.max(most, Math.abs(each)), 0)) closest = 0;
      return closest === 0;
    },
  });
  if (closest === 0) return 0;
  trajectory(setting, {
    error: errorsOf(seed, 0),
    seen(step, { name }, value) {
      const right = exact.get(`${step}/${name}`);
      if (right === undefined) return false;
      const moved = value.reduce((most, each, i) => Math.max(most, Math.abs(each - right.value[i]!)), 0);
      closest = Math.min(closest, right.gap / moved);
      return false;
    },
  });
  return closest;
}

const smallest = (value: Float64Array) => value.reduce((least, each) => Math.min(least, Math.abs(each)), Infinity);

/** Half of the smallest difference of a window's maximum from its next value; zeros, which ReLU made, are equal and stay so. */
function smallestGap(
  node: Extract<TrainingNode, { op: 'maxPool2d' }>,
  x: Float64Array,
  shape: readonly number[],
): number {
  const [, height, width] = shape as [number, number, number];
  const plane = height * width;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < x.length; at += plane) {
    for (let top = 0; top < height; top += node.stride[0]) {
      for (let left = 0; left < width; left += node.stride[1]) {
        const window: number[] = [];
        for (let r = top; r < Math.min(height, top + node.kernel[0]); r++)
          for (let s = left; s < Math.min(width, left + node.kernel[1]); s++) window.push(x[at + r * width + s]!);
        const [first, second = Number.NEGATIVE_INFINITY] = window.toSorted((a, b) => b - a);
        if (first! > 0) least = Math.min(least, (first! - second) / 2);
      }
    }
  }
  return least;
}
