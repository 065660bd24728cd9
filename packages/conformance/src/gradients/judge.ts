import {
  type Backend,
  type Capabilities,
  evaluateTrainingNode,
  inferTrainingShapes,
  isGradientNode,
  sizeOf,
  type Tensor,
  type TensorMap,
  type TrainingGraph,
  type TrainingInputs,
  type TrainingNode,
  type TrainingShapes,
  type Weights,
  withBatch,
} from '@alexnet/core';
import { compare, type Verdict } from '../numerics/compare.ts';
import type { Allowed, DataKind } from '../numerics/tolerance.ts';
import { allowedInTraining, type JudgedTraining } from '../numerics/tolerance-training.ts';
import { allowedBy } from '../numerics/tolerance-winograd.ts';

/** A training graph on data, of which a backend returned every value. */
export interface TrainingRun {
  readonly training: TrainingGraph;
  readonly weights: Weights;
  readonly inputs: TrainingInputs;
  readonly data: DataKind;
}

/** One value of it, beside what the oracle makes of the values that it was computed from. */
export interface JudgedValue extends JudgedTraining {
  readonly shapes: TrainingShapes;
  readonly allowed: Allowed;
  readonly got: Tensor | undefined;
  readonly verdict: Verdict;
}

/** All values that a training graph computes. */
export const valuesOf = ({ nodes }: TrainingGraph): readonly string[] => nodes.map(({ name }) => name);

/** Judges every value by itself: the oracle computes it from what the backend returned of the values that it reads. */
export function* judgeValues(
  { training, weights, inputs, data }: TrainingRun,
  got: TensorMap,
  capabilities: Pick<Capabilities, 'algorithms'> = {},
): Generator<JudgedValue> {
  const shapes = inferTrainingShapes(training);
  const [batch] = inputs[training.network.inputs[0]!.name]!.shape as [number];
  const exact = new Map<string, Float64Array>();
  const read = (name: string) => {
    const given = inputs[name] ?? got[name];
    const fits = given?.data instanceof Float32Array && given.data.length === sizeOf(withBatch(shapes, name, batch));
    // what is missing or has another shape fails by itself; what reads it is judged on the right value
    return fits ? Float64Array.from(given.data) : exact.get(name)!;
  };
  for (const node of training.nodes) {
    const operands = node.inputs.map(read);
    const evaluation = evaluateTrainingNode(shapes, node, weights, operands, batch);
    exact.set(node.name, evaluation.value.data);
    const judged = { node, operands, weights, batch, evaluation, data };
    const allowed = ofAlgorithms(judged, shapes, weights, capabilities);
    const found = got[node.name];
    yield { ...judged, shapes, allowed, got: found, verdict: compare(found, evaluation.value, allowed) };
  }
}

/** A forward convolution may be computed by an algorithm that the backend declares. */
function ofAlgorithms(
  judged: JudgedTraining,
  shapes: TrainingShapes,
  weights: Weights,
  capabilities: Pick<Capabilities, 'algorithms'>,
): Allowed {
  const allowed = allowedInTraining(judged);
  const { node, evaluation, operands, batch, data } = judged;
  if (isGradientNode(node)) return allowed;
  const input = () => ({ shape: [batch, ...shapes.values.get(node.inputs[0])!], data: operands[0]! });
  return allowedBy(capabilities, allowed, { node, input, weights, want: evaluation.value, data });
}

/** Runs a training graph on a backend and returns all values, without a step. */
export async function valuesFrom(
  backend: Backend,
  { training, weights, inputs }: TrainingRun,
  signal: AbortSignal,
): Promise<TensorMap> {
  const trainer = await backend.compileTraining!(training, weights, {
    optimiser: { rule: { kind: 'sgd', momentum: 0, weightDecay: 0 } },
    outputs: valuesOf(training),
    signal,
  });
  try {
    return await trainer.values(inputs, { signal });
  } finally {
    await trainer[Symbol.asyncDispose]();
  }
}

/** What a value is, for people: `w.gradient (conv2dWeightGradient)`. */
export const nameOfValue = ({ name, op }: TrainingNode): string => (name === 'y' ? op : `${name} (${op})`);
