import {
  type Backend,
  buildGraph,
  type ErrorCode,
  type Optimiser,
  seededWeights,
  type Trainer,
  type TrainingInputs,
  trainingGraph,
  trainingInputs,
} from '@alexnet/core';
import { type Complaint, fails, identical, verdict } from '../behaviour/expect.ts';
import { uniform } from '../data/uniform.ts';
import { trainingNotDeclared } from '../gradients/check.ts';
import type { CheckDefinition } from '../run/check.ts';

/*
 * What a trainer must refuse, with which code; and that it then is as it was.
 */

const network = buildGraph('classifier', { name: 'x', shape: [6] })
  .linear('fc1', 7)
  .relu('relu1')
  .dropout('drop1', 0.4)
  .linear('fc2', 4)
  .softmax('prob')
  .build();
const training = trainingGraph(network);
const weights = seededWeights(network, 1);
const optimiser: Optimiser = { rule: { kind: 'sgd', momentum: 0.9, weightDecay: 0.01 } };
const right = trainingInputs(
  training,
  { images: { shape: [3, 6], data: uniform([3, 6], 'errors') }, labels: [1, 3, 0] },
  { seed: 1, step: 0 },
);
const rate = { learningRate: 0.1 };

interface ErrorRow {
  readonly slug: string;
  readonly code: ErrorCode;
  /** What is done wrong, the subject of a sentence. */
  readonly what: string;
  readonly why: string;
  act(trainer: Trainer, backend: Backend): Promise<unknown>;
  /** The trainer is gone afterwards. */
  readonly last?: true;
}

const labelled = (labels: readonly number[]): TrainingInputs => ({
  ...right,
  labels: { shape: [labels.length], data: Float32Array.from(labels) },
});
const without = (name: string): TrainingInputs =>
  Object.fromEntries(Object.entries(right).filter(([each]) => each !== name));
const stepping = (inputs: TrainingInputs) => (trainer: Trainer) => trainer.step(inputs, rate);
const compiling = (options: Partial<Optimiser>, outputs?: readonly string[]) => async (_: Trainer, backend: Backend) =>
  compile(backend, { ...optimiser, ...options }, outputs);

// biome-ignore format: a table, one row per mistake
const rows: readonly ErrorRow[] = [
  { slug: 'label-no-class', code: 'invalid-input', what: 'A label that is no class', why: 'it would read beyond the logits of its sample', act: stepping(labelled([1, 4, 0])) },
  { slug: 'label-fraction', code: 'invalid-input', what: 'A label between two classes', why: 'rounding it would train on another class', act: stepping(labelled([1, 1.5, 0])) },
  { slug: 'label-negative', code: 'invalid-input', what: 'A negative label', why: 'it would read before the logits', act: stepping(labelled([-1, 3, 0])) },
  { slug: 'labels-too-few', code: 'invalid-input', what: 'A batch with fewer labels than images', why: 'the last images would be trained on whatever stands in memory', act: stepping(labelled([1, 3])) },
  { slug: 'no-mask', code: 'invalid-input', what: 'A step without the dropout mask', why: 'nothing random happens in a step: without its mask there is no dropout', act: stepping(without('drop1.mask')) },
  { slug: 'no-labels', code: 'invalid-input', what: 'A step without labels', why: 'labels of the step before are no labels', act: stepping(without('labels')) },
  { slug: 'other-image', code: 'invalid-input', what: 'An image of another size', why: 'the rest would be the next sample', act: stepping({ ...right, x: { shape: [3, 5], data: new Float32Array(15) } }) },
  { slug: 'unknown-output', code: 'unknown-name', what: 'Asking for a value that there is not', why: 'a name that is spelt wrongly must not be left out silently', act: compiling({}, ['fc1.weight.gradiant']) },
  { slug: 'unknown-multiplier', code: 'unknown-name', what: 'A multiplier for a parameter that there is not', why: 'a name that is spelt wrongly would train at the rate of all', act: compiling({ multipliers: { 'fc1.wait': { learningRate: 2 } } }) },
  { slug: 'momentum-1', code: 'invalid-input', what: 'A momentum of 1', why: 'velocities would grow without end', act: compiling({ rule: { kind: 'sgd', momentum: 1, weightDecay: 0 } }) },
  { slug: 'no-epsilon', code: 'invalid-input', what: 'An epsilon of 0', why: 'a gradient of 0 would be divided by 0', act: compiling({ rule: { kind: 'rmsprop', rho: 0.9, epsilon: 0 } }) },
  { slug: 'clip-to-0', code: 'invalid-input', what: 'Clipping to a norm of 0', why: 'nothing would be learned', act: compiling({ clipNorm: 0 }) },
  { slug: 'rate-not-a-number', code: 'invalid-input', what: 'A learning rate that is not a number', why: 'the loss would be right, and all weights gone', act: (trainer) => trainer.step(right, { learningRate: Number.NaN }) },
  { slug: 'rate-negative', code: 'invalid-input', what: 'A negative learning rate', why: 'it would climb', act: (trainer) => trainer.step(right, { learningRate: -0.1 }) },
  { slug: 'multiplier-not-a-number', code: 'invalid-input', what: 'A multiplier that is not a number', why: 'one parameter would be lost at the first step', act: compiling({ multipliers: { 'fc1.weight': { learningRate: Number.NaN } } }) },
  { slug: 'slot-turned', code: 'invalid-weights', what: 'Going on from a velocity of another shape', why: 'as many values in another order are other velocities', act: (trainer) => trainer.load({ weights, slots: new Map([['fc1.weight.velocity', { shape: [6, 7], data: new Float32Array(42) }]]) }) },
  { slug: 'slot-short', code: 'invalid-weights', what: 'Going on from a velocity with too few values', why: 'the rest would be whatever stands in memory', act: (trainer) => trainer.load({ weights, slots: new Map([['fc1.weight.velocity', { shape: [7, 6], data: new Float32Array(41) }]]) }) },
  { slug: 'weights-missing', code: 'invalid-weights', what: 'Going on from a state without a weight', why: 'what is missing must not be zeros', act: (trainer) => trainer.load({ weights: new Map([...weights].slice(1)) }) },
  { slug: 'aborted', code: 'aborted', what: 'A step whose signal has fired', why: 'who stopped it does not want the update', act: (trainer) => trainer.step(right, { ...rate, signal: AbortSignal.abort() }) },
  { slug: 'disposed', code: 'disposed', what: 'A step after dispose', why: 'freed memory must not be used', last: true, act: async (trainer) => { await trainer[Symbol.asyncDispose](); return trainer.step(right, rate); } },
];

/** One check per mistake: refused with the code, and the state is what it was. */
export const trainingErrorChecks: readonly CheckDefinition[] = rows.map(({ slug, code, what, why, act, last }) => ({
  id: `training/errors/${slug}`,
  suite: 'training',
  name: `${what} throws ${code}`,
  why,
  notDeclared: (capabilities) => trainingNotDeclared(capabilities, network.nodes),
  async run(backend) {
    const trainer = await compile(backend, optimiser);
    try {
      await trainer.step(right, rate);
      const before = await trainer.state();
      const complaint = await fails(code, what, () => act(trainer, backend));
      if (last || complaint !== undefined) return verdict(complaint);
      const after = await trainer.state();
      const moved = (['weights', 'slots'] as const).flatMap((part) =>
        [...before[part]].map(
          ([name, tensor]): Complaint => identical(`After the error, ${name}`, after[part].get(name), tensor),
        ),
      );
      const { loss } = await trainer.step(right, rate);
      return verdict(...moved, Number.isFinite(loss) ? undefined : 'After the error, a step has no loss');
    } finally {
      await trainer[Symbol.asyncDispose]();
    }
  },
}));

function compile(backend: Backend, how: Optimiser, outputs?: readonly string[]): Promise<Trainer> {
  return backend.compileTraining!(training, weights, {
    optimiser: how,
    ...(outputs === undefined ? {} : { outputs }),
  });
}
