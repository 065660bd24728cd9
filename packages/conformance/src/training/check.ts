import { type Backend, inferShapes, type Shape, sameShape, type Tensor, type TrainingGraph } from '@alexnet/core';
import { trainingNotDeclared } from '../gradients/check.ts';
import type { Verdict } from '../numerics/compare.ts';
import { jsonNumber } from '../report/report.ts';
import type { CheckDefinition } from '../run/check.ts';
import { trainingDiagnosis } from './diagnose.ts';
import { distance, type ExpectedTraining, expectTraining } from './expect.ts';
import { STEPS, settingOf, settingRows, type TrainingSetting } from './settings.ts';
import type { Trajectory } from './trajectory.ts';

/** One check per setting: the same losses, scores, weights and evaluation as the oracle's, within a band that correct trainers do not leave. */
export const trainingChecks: readonly CheckDefinition[] = settingRows.map((row) => {
  let setting: TrainingSetting | undefined;
  return {
    id: `training/${row.id}`,
    suite: 'training',
    name: `${STEPS} steps of ${row.name} give the losses, scores, weights and evaluation of the oracle`,
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

/** What a backend's trainer makes of a setting; with `moveAt`, two of them. Values that it did not return, or in another shape, are missing. */
export async function trained(
  backend: Backend,
  { training, weights, optimiser, inputs, learningRate, unseen }: TrainingSetting,
  signal: AbortSignal,
  moveAt?: number,
): Promise<Trajectory> {
  const { values: shapes } = inferShapes(training.network);
  let trainer = await backend.compileTraining!(training, weights, { optimiser, signal });
  try {
    const losses: number[] = [];
    const scores: Float64Array[] = [];
    for (let step = 0; step < STEPS; step++) {
      if (step === moveAt) {
        const state = await trainer.state();
        await trainer[Symbol.asyncDispose]();
        trainer = await backend.compileTraining!(training, weights, { optimiser, signal });
        await trainer.load(state);
      }
      const given = inputs(step);
      const result = await trainer.step(given, { learningRate: learningRate(step), signal });
      losses.push(result.loss);
      scores.push(valuesOf(result.scores, [given['labels']!.shape[0]!, ...shapes.get(training.scores)!]));
    }
    const after = await trainer.weights();
    const { inputs: of, outputs } = training.network;
    const [output] = outputs as [string];
    const evaluated = await trainer.evaluate({ [of[0]!.name]: unseen }, { signal });
    return {
      losses,
      scores,
      weights: new Map([...after].map(([name, { data }]) => [name, Float64Array.from(data)])),
      evaluated: valuesOf(evaluated?.[output], [unseen.shape[0]!, ...shapes.get(output)!]),
    };
  } finally {
    await trainer[Symbol.asyncDispose]();
  }
}

/** None where there are none, or of another shape. */
function valuesOf(tensor: Tensor | undefined, shape: Shape): Float64Array {
  return Float64Array.from(tensor !== undefined && sameShape(tensor.shape, shape) ? tensor.data : []);
}

/** Judges a training; of a wrong one it says which mistake explains it. */
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

/** How much of their bands are used: by the loss and the scores of each step, each parameter, and the evaluation. */
export function sharesOfBands(
  expected: ExpectedTraining,
  got: Trajectory,
  { parameters }: TrainingGraph,
): readonly Share[] {
  const steps = expected.losses.flatMap((want, step): Share[] => {
    const [off, band] = [Math.abs(got.losses[step]! - want), expected.lossBand[step]!];
    const what = `The loss before step ${step} is ${got.losses[step]} and should be ${want}`;
    return [
      { what, band, ratio: off / band },
      shareOf(`What step ${step} gives as scores`, expected.scores[step]!, got.scores[step], expected.scoreBand[step]!),
    ];
  });
  const weights = parameters.map(({ name }) =>
    shareOf(
      `After training, ${name}`,
      expected.weights.get(name)!,
      got.weights.get(name),
      expected.weightBand.get(name)!,
    ),
  );
  const evaluation = shareOf(
    'After training, what it evaluates new images to',
    expected.evaluated,
    got.evaluated,
    expected.evaluatedBand,
  );
  return [...steps, ...weights, evaluation];
}

function shareOf(what: string, want: Float64Array, found: Float64Array | undefined, band: number): Share {
  if (found?.length !== want.length)
    return { what: `${what} is missing or has another shape`, band, ratio: Number.POSITIVE_INFINITY };
  const off = distance(found, want);
  return { what: `${what} is off by ${off}, in the 2-norm`, band, ratio: off === 0 ? 0 : off / band };
}
