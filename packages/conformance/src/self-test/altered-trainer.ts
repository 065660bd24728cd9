import {
  AlexNetError,
  checkInputs,
  checkOptimiser,
  checkState,
  checkStep,
  checkTrainingInputs,
  checkTrainingOutputs,
  evaluateTrainingNode,
  type Floats,
  type FloatWeights,
  type GivenState,
  inferTrainingShapes,
  isGradientNode,
  ratesOf,
  type Shape,
  sizeOf,
  slotName,
  slotShapes,
  slotsOf,
  type Tensor,
  type TensorMap,
  type Trainer,
  type TrainingGraph,
  type TrainingInputs,
  type TrainingNode,
  type TrainingOptions,
  type TrainingShapes,
  throwIfAborted,
  update,
  type Weights,
  withBatch,
} from '@alexnet/core';
import { rules } from '../numerics/tolerance.ts';
import { trainingRules } from '../numerics/tolerance-training.ts';
import { type EvaluationMistake, inference } from '../training/evaluation.ts';
import { type ScoresMistake, softmaxOf } from '../training/scores.ts';
import { clippedTogether, follow, type Statistic, type Update } from '../training/trajectory.ts';

/*
 * A correct trainer, made of the oracle with its values and its state rounded to float32, that tests of the suite alter.
 */

/** One node of a training graph about to be computed. */
export interface TrainingCall<N extends TrainingNode = TrainingNode> {
  readonly node: N;
  /** What it reads, in the order of its inputs; float32 values. */
  readonly operands: readonly Float64Array[];
  readonly shapes: TrainingShapes;
  readonly weights: Weights;
  readonly batch: number;
  /** With the batch, where the value has one. */
  readonly output: Shape;
  /** The right value; of the node as it is, or changed. */
  evaluate(changed?: { node?: N; operands?: readonly Float64Array[]; weights?: Weights }): Float32Array;
}

/** One parameter about to be updated, in place; `g` is clipped already. */
export type UpdateCall = Update & {
  readonly w: Float32Array;
  readonly g: Float32Array;
  readonly slots: readonly Float32Array[];
};

/** One moving statistic about to follow, in place. */
export type StatisticCall = Statistic & { readonly moving: Float32Array; readonly now: Float32Array };

export interface TrainingAlteration {
  /** Computes a node; undefined leaves it to the oracle. */
  readonly node?: (call: TrainingCall) => Float32Array | undefined;
  readonly update?: (call: UpdateCall) => void;
  /** By what each gradient is multiplied. */
  readonly clip?: (gradients: readonly Float32Array[], clipNorm: number | undefined) => readonly number[];
  readonly statistic?: (call: StatisticCall) => void;
  /** Steps read the weights that the step before read, or update each as soon as its gradient is there. */
  readonly order?: 'stale-weights' | 'update-at-once';
  readonly scores?: ScoresMistake;
  readonly evaluation?: EvaluationMistake;
}

type State = Map<string, { readonly shape: Shape; readonly data: Float32Array<ArrayBuffer> }>;

export async function alteredTrainer(
  training: TrainingGraph,
  weights: Weights,
  { optimiser, outputs = [], signal }: TrainingOptions,
  alteration: TrainingAlteration = {},
  inexact = false,
): Promise<Trainer> {
  throwIfAborted(signal, 'compileTraining');
  const names = training.parameters.map(({ name }) => name);
  checkOptimiser(optimiser, names);
  checkTrainingOutputs(training, outputs);
  const { rule, clipNorm } = optimiser;
  const shapes = inferTrainingShapes(training);
  const trained = training.gradients.map(({ parameter }) => parameter);
  let parameters: State;
  let slots: State;
  let before: State | undefined;
  let disposed = false;
  const load = (state: GivenState) => {
    const kept = checkState(training, rule, state);
    parameters = new Map(names.map((name) => [name, copyOf(state.weights.get(name)!)]));
    const wanted = [...slotShapes(training, rule)];
    slots = new Map(wanted.map(([name, shape]) => [name, copyOf(kept.get(name) ?? zeros(shape))]));
    before = undefined;
  };
  load({ weights });
  const check = (stop?: AbortSignal) => {
    throwIfAborted(stop, 'training');
    if (disposed) throw new AlexNetError({ code: 'disposed', message: 'The trainer was disposed' });
  };

  const updateOne = (parameter: string, g: Float32Array, learningRate: number) => {
    const own = slotsOf(rule).map((slot) => slots.get(slotName(parameter, slot))!.data);
    const { data: w } = parameters.get(parameter)!;
    const rates = ratesOf(optimiser, parameter, learningRate);
    if (alteration.update === undefined) update(rule, rates, w, g, own);
    else alteration.update({ rule, rates, w, g, slots: own });
  };

  const compute = (
    node: TrainingNode,
    of: TrainingShapes,
    read: Weights,
    operands: readonly Float64Array[],
    batch: number,
  ): Float32Array => {
    const call: TrainingCall = {
      node,
      operands,
      shapes: of,
      weights: read,
      batch,
      output: withBatch(of, node.name, batch),
      evaluate(changed = {}) {
        const { value } = evaluateTrainingNode(
          of,
          changed.node ?? node,
          changed.weights ?? read,
          changed.operands ?? operands,
          batch,
        );
        return Float32Array.from(inexact && rounds(node) ? value.data.map(offByAUnit) : value.data);
      },
    };
    return alteration.node?.(call) ?? call.evaluate();
  };

  /** All values for these inputs; `done` is called after each. */
  const run = (inputs: TrainingInputs, now: State, done?: (node: TrainingNode, value: Tensor) => void) => {
    const batch = checkTrainingInputs(training, inputs);
    const values = new Map<string, Tensor>(Object.entries(inputs));
    for (const node of training.nodes) {
      const operands = node.inputs.map((name) => Float64Array.from(values.get(name)!.data));
      const value: Tensor = {
        shape: withBatch(shapes, node.name, batch),
        data: compute(node, shapes, now, operands, batch),
      };
      values.set(node.name, value);
      done?.(node, value);
    }
    return { values, batch };
  };

  const step: Trainer['step'] = async (inputs, options) => {
    const { learningRate, signal: stop } = options;
    check(stop);
    checkStep(training, inputs, options);
    const read = alteration.order === 'stale-weights' && before !== undefined ? before : parameters;
    before = new Map([...parameters].map(([name, tensor]) => [name, copyOf(tensor)]));
    const gradientOf = new Map(training.gradients.map(({ parameter, value }) => [value, parameter]));
    const atOnce = (node: TrainingNode, { data }: Tensor) => {
      const parameter = gradientOf.get(node.name);
      if (parameter !== undefined) updateOne(parameter, data, learningRate);
    };
    const { values, batch } = run(inputs, read, alteration.order === 'update-at-once' ? atOnce : undefined);
    if (alteration.order !== 'update-at-once') {
      const gradients = training.gradients.map(({ value }) => values.get(value)!.data);
      const factors = (alteration.clip ?? clippedTogether)(gradients, clipNorm);
      for (const [i, parameter] of trained.entries())
        updateOne(
          parameter,
          gradients[i]!.map((value) => value * factors[i]!),
          learningRate,
        );
    }
    for (const statistic of training.statistics) {
      const moving = parameters.get(statistic.parameter)!.data;
      const now = values.get(statistic.value)!.data;
      (alteration.statistic ?? follow)({ statistic, moving, now, batch });
    }
    const { values: shown } = alteration.scores === 'after-update' ? run(inputs, parameters) : { values };
    const logits = copyOf(shown.get(training.scores)!);
    return {
      loss: training.loss === undefined ? Number.NaN : values.get(training.loss)!.data[0]!,
      scores: alteration.scores === 'probabilities' ? { ...logits, data: softmaxOf(logits.data, batch) } : logits,
    };
  };

  return {
    step,
    async evaluate(inputs, options) {
      check(options?.signal);
      checkInputs(training.network, inputs);
      const { evaluation } = alteration;
      const now = copied(evaluation === 'first-weights' ? weights : parameters);
      const found = inference(
        training.network,
        now,
        inputs,
        ({ node, operand, shapes: of, weights: read, batch }) =>
          compute(node, of, read === now ? now : copied(read), [operand], batch),
        evaluation,
      );
      return Object.fromEntries(training.network.outputs.map((name) => [name, copyOf(found.get(name)!)]));
    },
    async values(inputs, options): Promise<TensorMap> {
      check(options?.signal);
      const { values } = run(inputs, parameters);
      return Object.fromEntries(outputs.map((name) => [name, copyOf(values.get(name)!)]));
    },
    async weights() {
      check();
      return copied(parameters);
    },
    async state() {
      check();
      return { weights: copied(parameters), slots: copied(slots) };
    },
    async load(state) {
      check();
      load(state);
    },
    memory: () => ({ hostBytes: 0, deviceBytes: 0 }),
    async [Symbol.asyncDispose]() {
      disposed = true;
    },
  };
}

/** Whether a correct kernel of the node may round. */
function rounds(node: TrainingNode): boolean {
  return typeof (isGradientNode(node) ? trainingRules[node.op] : rules[node.op]) === 'function';
}

/** Up to 2^-23 of the value, unless float32 holds it exactly: then every order of additions gives it. The same each time. */
export function offByAUnit(value: number, i: number): number {
  if (Object.is(Math.fround(value), value)) return value;
  return value * (1 + ((((i * 0x9e3779b1) >>> 16) % 5) - 2) * 2 ** -24);
}

const copyOf = ({ shape, data }: { readonly shape: Shape; readonly data: Floats }) => ({
  shape,
  data: Float32Array.from(data),
});
const copied = (state: FloatWeights): Weights => new Map([...state].map(([name, tensor]) => [name, copyOf(tensor)]));
const zeros = (shape: Shape): Tensor => ({ shape, data: new Float32Array(sizeOf(shape)) });
