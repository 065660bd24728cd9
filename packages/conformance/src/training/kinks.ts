import { inferTrainingShapes, type TrainingNode } from '@alexnet/core';
import { errorsOf } from './expect.ts';
import type { TrainingSetting } from './settings.ts';
import { trajectory } from './trajectory.ts';

/*
 * Where a loss has a kink, a rounding can decide which way a gradient goes: at the zero of a ReLU, and where two values of a pooling window are
 * equally large. Trainings that go different ways there are both correct, and no band holds both. So settings start from seeds that stay away.
 */

/**
 * How close a training comes to a kink, in units of how far errors of the size of the budgets move the values there: the smallest distance over
 * all steps, ReLUs and pooling windows. Below 1 errors may cross it.
 */
export function distanceToKinks(setting: TrainingSetting): number {
  const { training } = setting;
  const readers = new Map<string, TrainingNode>(
    training.nodes.flatMap((node) =>
      node.op === 'relu' || node.op === 'maxPool2d' ? [[node.inputs[0], node] as const] : [],
    ),
  );
  const watched = (): {
    seen: Map<string, Float64Array>;
    watch: (step: number, node: TrainingNode, value: Float64Array) => void;
  } => {
    const seen = new Map<string, Float64Array>();
    return {
      seen,
      watch(step, node, value) {
        if (readers.has(node.name)) seen.set(`${step}/${node.name}`, value.slice());
      },
    };
  };
  const exact = watched();
  const disturbed = watched();
  trajectory(setting, { seen: exact.watch });
  trajectory(setting, { seen: disturbed.watch, error: errorsOf(setting.seed, 0) });
  const shapes = inferTrainingShapes(training);
  let closest = Number.POSITIVE_INFINITY;
  for (const [key, value] of exact.seen) {
    const name = key.slice(key.indexOf('/') + 1);
    const moved = value.reduce((most, each, i) => Math.max(most, Math.abs(each - disturbed.seen.get(key)![i]!)), 0);
    const node = readers.get(name)!;
    const gap = node.op === 'maxPool2d' ? smallestGap(node, value, shapes.values.get(name)!) : smallest(value);
    closest = Math.min(closest, gap / moved);
  }
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
