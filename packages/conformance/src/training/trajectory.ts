import {
  clipFactor,
  evaluateTraining,
  evaluateTrainingNode,
  type Floats,
  type FloatWeights,
  inferTrainingShapes,
  type MovingStatistic,
  type Rates,
  ratesOf,
  type Shape,
  sizeOf,
  slotName,
  slotsOf,
  statisticFactor,
  type TrainingNode,
  type TrainingShapes,
  type UpdateRule,
  update,
} from '@alexnet/core';
import { type Allowed, U } from '../numerics/tolerance.ts';
import { allowedInTraining } from '../numerics/tolerance-training.ts';
import { type EvaluationMistake, inference } from './evaluation.ts';
import { type ScoresMistake, softmaxOf } from './scores.ts';
import { STEPS, type TrainingSetting } from './settings.ts';

/*
 * A training in float64: as it should be, with errors that float32 could make, or with a mistake.
 */

export interface Trajectory {
  /** Before each update. */
  readonly losses: readonly number[];
  /** The logits of each batch, before the update. */
  readonly scores: readonly Float64Array[];
  /** After the last step, of every parameter. */
  readonly weights: ReadonlyMap<string, Float64Array>;
  /** What the network makes of images that no step saw, after the last step: the values of its output. */
  readonly evaluated: Float64Array;
}

/** What is different from a training as it should be. */
export interface Differences {
  /** A number in [-1, 1]: by which share of its budget each value is off. */
  readonly error?: () => number;
  readonly update?: (call: Update) => void;
  readonly clip?: (gradients: readonly Floats[], clipNorm: number | undefined) => readonly number[];
  readonly statistic?: (call: Statistic) => void;
  readonly order?: 'stale-weights' | 'update-at-once';
  /** What a step returns in place of its logits. */
  readonly scores?: ScoresMistake;
  readonly evaluation?: EvaluationMistake;
  /** Sees every value of every step; true ends the training there. */
  readonly seen?: (step: number, node: TrainingNode, value: Float64Array) => boolean;
}

/** One parameter about to be updated, in place; `g` is clipped already. */
export interface Update {
  readonly rule: UpdateRule;
  readonly rates: Rates;
  readonly w: Floats;
  readonly g: Floats;
  readonly slots: readonly Floats[];
}

/** One moving statistic about to follow, in place. */
export interface Statistic {
  readonly statistic: MovingStatistic;
  readonly moving: Floats;
  readonly now: Floats;
  readonly batch: number;
}

type State = Map<string, { readonly shape: Shape; readonly data: Float64Array<ArrayBuffer> }>;

export function trajectory(setting: TrainingSetting, differences: Differences = {}): Trajectory {
  const { training, optimiser, weights } = setting;
  const { error, order, seen } = differences;
  const shapes = inferTrainingShapes(training);
  const wide = ({ shape, data }: { readonly shape: Shape; readonly data: Floats }) => ({
    shape,
    data: Float64Array.from(data),
  });
  const parameters: State = new Map([...weights].map(([name, tensor]) => [name, wide(tensor)]));
  const slots = new Map(
    training.gradients.flatMap(({ parameter }) =>
      slotsOf(optimiser.rule).map(
        (slot) => [slotName(parameter, slot), new Float64Array(sizeOf(weights.get(parameter)!.shape))] as const,
      ),
    ),
  );
  const updateOne = (parameter: string, g: Floats, learningRate: number) => {
    const { data: w } = parameters.get(parameter)!;
    const own = slotsOf(optimiser.rule).map((slot) => slots.get(slotName(parameter, slot))!);
    const rates = ratesOf(optimiser, parameter, learningRate);
    (differences.update ?? ((call) => update(call.rule, call.rates, call.w, call.g, call.slots)))({
      rule: optimiser.rule,
      rates,
      w,
      g,
      slots: own,
    });
    if (error !== undefined) for (const state of [w, ...own]) rounded(state, error);
  };

  const losses: number[] = [];
  const scores: Float64Array[] = [];
  const ended = (evaluated: Float64Array) => ({
    losses,
    scores,
    weights: new Map([...parameters].map(([name, { data }]) => [name, data])),
    evaluated,
  });
  let before: State | undefined;
  for (let step = 0; step < STEPS; step++) {
    const inputs = setting.inputs(step);
    const learningRate = setting.learningRate(step);
    const [batch] = inputs['labels']!.shape as [number];
    const values = new Map<string, Float64Array>(
      Object.entries(inputs).map(([name, tensor]) => [name, wide(tensor).data]),
    );
    const read = order === 'stale-weights' && before !== undefined ? before : parameters;
    before = new Map([...parameters].map(([name, tensor]) => [name, wide(tensor)]));
    const gradientOf = new Map(training.gradients.map(({ parameter, value }) => [value, parameter]));
    for (const node of training.nodes) {
      const operands = node.inputs.map((name) => values.get(name)!);
      const data = evaluateWith(error, shapes, node, read, operands, batch);
      if (seen?.(step, node, data)) return ended(new Float64Array());
      values.set(node.name, data);
      const parameter = gradientOf.get(node.name);
      if (order === 'update-at-once' && parameter !== undefined) updateOne(parameter, data, learningRate);
    }
    losses.push(values.get(training.loss!)![0]!);
    const logits = values.get(training.scores)!;
    scores.push(differences.scores === 'probabilities' ? softmaxOf(logits, batch) : logits);
    if (order !== 'update-at-once') {
      const gradients = training.gradients.map(({ value }) => values.get(value)!);
      const factors = (differences.clip ?? clippedTogether)(gradients, optimiser.clipNorm);
      for (const [i, { parameter }] of training.gradients.entries())
        updateOne(parameter, times(gradients[i]!, factors[i]!), learningRate);
    }
    for (const statistic of training.statistics) {
      const moving = parameters.get(statistic.parameter)!.data;
      (differences.statistic ?? follow)({ statistic, moving, now: values.get(statistic.value)!, batch });
      if (error !== undefined) rounded(moving, error);
    }
    if (differences.scores === 'after-update')
      scores[step] = evaluateTraining(training, parameters, inputs).get(training.scores)!.data;
  }
  return ended(evaluate(setting, differences.evaluation === 'first-weights' ? weights : parameters, differences));
}

/** The network after the training, on images that it has not seen. */
function evaluate(
  { training: { network }, unseen }: TrainingSetting,
  weights: FloatWeights,
  { error, evaluation }: Differences,
): Float64Array {
  const values = inference(
    network,
    weights,
    { [network.inputs[0]!.name]: unseen },
    ({ node, operand, shapes, weights: own, batch }) => evaluateWith(error, shapes, node, own, [operand], batch),
    evaluation,
  );
  return Float64Array.from(values.get(network.outputs[0]!)!.data);
}

/** A node in float64, off by shares of its budget where there are errors. */
function evaluateWith(
  error: Differences['error'],
  shapes: TrainingShapes,
  node: TrainingNode,
  weights: FloatWeights,
  operands: readonly Float64Array[],
  batch: number,
): Float64Array {
  const evaluation = evaluateTrainingNode(shapes, node, weights, operands, batch);
  const { data } = evaluation.value;
  if (error !== undefined)
    perturb(data, allowedInTraining({ node, operands, weights, batch, evaluation, data: 'random' }), error);
  return data;
}

/** All gradients by one factor. */
export function clippedTogether(gradients: readonly Floats[], clipNorm: number | undefined): readonly number[] {
  const norm = Math.sqrt(gradients.reduce(squaresOf, 0));
  return gradients.map(() => clipFactor(clipNorm, norm));
}

/** A sum that the squares of a gradient are added to. */
export function squaresOf(sum: number, g: Floats): number {
  for (let i = 0; i < g.length; i++) sum += g[i]! ** 2;
  return sum;
}

/** moving = momentum * moving + (1 - momentum) * now, a variance unbiased. */
export function follow({ statistic, moving, now, batch }: Statistic): void {
  const { momentum } = statistic;
  const factor = statisticFactor(statistic, batch);
  for (let c = 0; c < moving.length; c++) moving[c] = momentum * moving[c]! + (1 - momentum) * factor * now[c]!;
}

function perturb(value: Float64Array, allowed: Allowed, error: () => number): void {
  if (typeof allowed === 'string') return;
  for (let i = 0; i < value.length; i++) value[i]! += error() * allowed[i]!;
}

/** Roundings of an update: of its products and sums, up to two units in the last place of what is stored. */
function rounded(state: Float64Array, error: () => number): void {
  for (let i = 0; i < state.length; i++) state[i]! += error() * 4 * U * Math.abs(state[i]!);
}

const times = (data: Float64Array, factor: number) => data.map((value) => value * factor);
