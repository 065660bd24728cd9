import type { Backend, TrainingGraph } from '@alexnet/core';
import { trainingNotDeclared } from '../gradients/check.ts';
import type { Verdict } from '../numerics/compare.ts';
import { jsonNumber } from '../report/report.ts';
import type { CheckDefinition } from '../run/check.ts';
import { trainingDiagnosis } from './diagnose.ts';
import { distance, type ExpectedTraining, expectTraining } from './expect.ts';
import { STEPS, settingOf, settingRows, type TrainingSetting } from './settings.ts';
import type { Trajectory } from './trajectory.ts';

/** One check per setting: the same losses and weights as the oracle, within a band that correct trainers do not leave. */
export const trainingChecks: readonly CheckDefinition[] = settingRows.map((row) => {
  let setting: TrainingSetting | undefined;
  return {
    id: `training/${row.id}`,
    suite: 'training',
    name: `${STEPS} steps of ${row.name} give the losses and the weights of the oracle`,
    why: row.why,
    notDeclared: (capabilities) => trainingNotDeclared(capabilities, settingOf(row).training.network.nodes),
    async run(backend, signal) {
      setting ??= settingOf(row);
      return judgeTraining(setting, await trained(backend, setting, signal));
    },
  };
});

/** Half of some settings on one trainer, and the rest on another that goes on from its state. */
export const resumedChecks: readonly CheckDefinition[] = settingRows
  .filter(({ id }) => ['paper', 'adadelta', 'batch-norm'].includes(id))
  .map((row) => ({
    id: `training/${row.id}/resumed`,
    suite: 'training',
    name: `${STEPS} steps of ${row.name}, the second half on a trainer that has loaded the state of the first`,
    why: 'a checkpoint is the state: what it leaves out, a training that goes on has forgotten',
    notDeclared: (capabilities) => trainingNotDeclared(capabilities, settingOf(row).training.network.nodes),
    async run(backend, signal) {
      const setting = settingOf(row);
      return judgeTraining(setting, await trained(backend, setting, signal, STEPS / 2));
    },
  }));

/** What a backend's trainer makes of a setting; with `moveAt`, two of them. Its weights are `undefined` where it returned none. */
export async function trained(
  backend: Backend,
  { training, weights, optimiser, inputs, learningRate }: TrainingSetting,
  signal: AbortSignal,
  moveAt?: number,
): Promise<Trajectory> {
  let trainer = await backend.compileTraining!(training, weights, { optimiser, signal });
  try {
    const losses: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      if (step === moveAt) {
        const state = await trainer.state();
        await trainer[Symbol.asyncDispose]();
        trainer = await backend.compileTraining!(training, weights, { optimiser, signal });
        await trainer.load(state);
      }
      losses.push((await trainer.step(inputs(step), { learningRate: learningRate(step), signal })).loss);
    }
    const after = await trainer.weights();
    return {
      losses,
      weights: new Map([...after].map(([name, { data }]) => [name, Float64Array.from(data)])),
    };
  } finally {
    await trainer[Symbol.asyncDispose]();
  }
}

/** Judges a training; of a wrong one it says which mistake of an optimiser explains it. */
export function judgeTraining(setting: TrainingSetting, got: Trajectory): Verdict {
  const expected = expectTraining(setting);
  const shares = sharesOfBands(expected, got, setting.training);
  const worst = shares.reduce((a, b) => (b.ratio > a.ratio || Number.isNaN(b.ratio) ? b : a));
  const facts = { elements: shares.length, maxRatio: jsonNumber(worst.ratio) };
  if (worst.ratio <= 1) return { passed: true, ...facts };
  const first = shares.find(({ ratio }) => !(ratio <= 1))!;
  const reason = `${first.what}, where ${first.band} is allowed${first === worst ? '' : `; the most, ${worst.ratio.toPrecision(3)} times its band: ${worst.what}`}`;
  return { passed: false, ...facts, reason, diagnosis: trainingDiagnosis(setting, expected, got) };
}

interface Share {
  readonly what: string;
  readonly band: number;
  /** Of its band; above 1 fails. */
  readonly ratio: number;
}

/** How much of its band each loss and each parameter uses. */
export function sharesOfBands(
  expected: ExpectedTraining,
  got: Trajectory,
  { parameters }: TrainingGraph,
): readonly Share[] {
  const losses = expected.losses.map((want, step): Share => {
    const [off, band] = [Math.abs(got.losses[step]! - want), expected.lossBand[step]!];
    return {
      what: `The loss before step ${step} is ${got.losses[step]} and should be ${want}`,
      band,
      ratio: off / band,
    };
  });
  const weights = parameters.map(({ name }): Share => {
    const [found, band] = [got.weights.get(name), expected.weightBand.get(name)!];
    const want = expected.weights.get(name)!;
    if (found?.length !== want.length)
      return { what: `After training, ${name} is missing or has another size`, band, ratio: Number.POSITIVE_INFINITY };
    const off = distance(found, want);
    const what = `After training, ${name} is off by ${off}, in the 2-norm`;
    return { what, band, ratio: off === 0 ? 0 : off / band };
  });
  return [...losses, ...weights];
}
