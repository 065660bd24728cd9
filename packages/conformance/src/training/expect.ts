import { philoxStream } from '@alexnet/core';
import { ulp } from '../numerics/tolerance.ts';
import type { TrainingSetting } from './settings.ts';
import { type Trajectory, trajectory } from './trajectory.ts';

/** What a setting should give, and how far from it a correct float32 trainer may end. */
export interface ExpectedTraining extends Trajectory {
  /** Per step. */
  readonly lossBand: readonly number[];
  /** Per step, for the 2-norm of the difference. */
  readonly scoreBand: readonly number[];
  /** Per parameter, for the 2-norm of the difference. */
  readonly weightBand: ReadonlyMap<string, number>;
  /** For the 2-norm of the difference. */
  readonly evaluatedBand: number;
  readonly disturbed: readonly Trajectory[];
}

/** Trainings with errors of the size of the budgets. */
const DISTURBED = 4;
const FACTOR = 2;
/** A loss is one number and may come out right by chance: the bands of the first steps are those of the largest deviation among so many. */
const FIRST = 5;

const known = new WeakMap<TrainingSetting, ExpectedTraining>();

/** Trains in float64, once as it should be and several times with errors. See docs/decisions/017-training-conformance.md. */
export function expectTraining(setting: TrainingSetting): ExpectedTraining {
  const found = known.get(setting) ?? compute(setting);
  known.set(setting, found);
  return found;
}

function compute(setting: TrainingSetting): ExpectedTraining {
  const exact = trajectory(setting);
  const disturbed = Array.from({ length: DISTURBED }, (_, run) =>
    trajectory(setting, { error: errorsOf(setting.seed, run) }),
  );
  const most = (of: (other: Trajectory) => number) => Math.max(...disturbed.map(of));
  /** How far any went off until a step. */
  const mostUntil = (step: number, off: (other: Trajectory, at: number) => number) =>
    most((other) => Math.max(...Array.from({ length: Math.max(step + 1, FIRST) }, (_, at) => off(other, at))));
  const lossBand = exact.losses.map(
    (loss, step) => ulp(loss) + FACTOR * mostUntil(step, ({ losses }, at) => Math.abs(losses[at]! - exact.losses[at]!)),
  );
  // batches differ in size, so their root mean squares are compared
  const scoreBand = exact.scores.map((logits, step) => {
    const off = mostUntil(step, ({ scores }, at) => {
      const wanted = exact.scores[at]!;
      return distance(scores[at]!, wanted) / Math.sqrt(wanted.length);
    });
    return rounding(logits) + FACTOR * off * Math.sqrt(logits.length);
  });
  const moves = new Set(
    [...setting.training.gradients, ...setting.training.statistics].map(({ parameter }) => parameter),
  );
  const weightBand = [...exact.weights].map(([name, w]) => {
    if (!moves.has(name)) return [name, 0] as const; // what is frozen keeps every bit
    return [name, rounding(w) + FACTOR * most(({ weights }) => distance(weights.get(name)!, w))] as const;
  });
  const evaluatedBand =
    rounding(exact.evaluated) + FACTOR * most(({ evaluated }) => distance(evaluated, exact.evaluated));
  return { ...exact, lossBand, scoreBand, weightBand: new Map(weightBand), evaluatedBand, disturbed };
}

/** One rounding of each value, in the 2-norm. */
const rounding = (values: Float64Array) => Math.hypot(...values.map(ulp));

/** Uniform on [-1, 1], the same on every machine. */
export function errorsOf(seed: number, run: number): () => number {
  let at = 0;
  let block = new Uint32Array();
  return () => {
    if (at % BLOCK === 0) block = philoxStream([0, 0, at / BLOCK, 0], [seed, run], BLOCK);
    return block[at++ % BLOCK]! / 2 ** 31 - 1;
  };
}
const BLOCK = 4096;

/** The 2-norm of a difference. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}
