import { philoxStream } from '@alexnet/core';
import { ulp } from '../numerics/tolerance.ts';
import type { TrainingSetting } from './settings.ts';
import { type Trajectory, trajectory } from './trajectory.ts';

/** What a setting should give, and how far from it a correct float32 trainer may end. */
export interface ExpectedTraining extends Trajectory {
  /** Per step. */
  readonly lossBand: readonly number[];
  /** Per parameter, for the 2-norm of the difference. */
  readonly weightBand: ReadonlyMap<string, number>;
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
  const lossBand = exact.losses.map((loss, step) => {
    const until = Math.max(step, FIRST - 1);
    const off = most(({ losses }) =>
      Math.max(...losses.slice(0, until + 1).map((l, s) => Math.abs(l - exact.losses[s]!))),
    );
    return ulp(loss) + FACTOR * off;
  });
  const moves = new Set(
    [...setting.training.gradients, ...setting.training.statistics].map(({ parameter }) => parameter),
  );
  const weightBand = [...exact.weights].map(([name, w]) => {
    if (!moves.has(name)) return [name, 0] as const; // what is frozen keeps every bit
    const rounding = Math.hypot(...w.map(ulp));
    return [name, rounding + FACTOR * most(({ weights }) => distance(weights.get(name)!, w))] as const;
  });
  return { ...exact, lossBand, weightBand: new Map(weightBand), disturbed };
}

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
