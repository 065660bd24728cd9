import { AlexNetError } from '../error.ts';
import type { Floats, ForwardArgs } from '../ops/op.ts';
import type { Evaluation, Float64Tensor } from '../oracle/evaluate.ts';
import { type Shape, sizeOf } from '../tensor.ts';
import { inferTrainingShapes, type TrainingShapes, trainingOpOf } from './infer.ts';
import { checkTrainingInputs, type TrainingInputs } from './inputs.ts';
import type { TrainingGraph, TrainingNode } from './training-graph.ts';

/** Parameters of any float width: the oracle keeps trained ones in float64. */
export type FloatWeights = ReadonlyMap<string, { readonly shape: Shape; readonly data: Floats }>;

/**
 * The oracle of training: runs a training graph in float64, forward and backward, and returns all its values.
 * Errors: `invalid-graph`, `invalid-input`, `invalid-weights`.
 */
export function evaluateTraining(
  training: TrainingGraph,
  weights: FloatWeights,
  inputs: TrainingInputs,
): Map<string, Float64Tensor> {
  const steps = evaluateTrainingSteps(training, weights, inputs);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same as a generator that yields before each node. */
export function* evaluateTrainingSteps(
  training: TrainingGraph,
  weights: FloatWeights,
  inputs: TrainingInputs,
): Generator<TrainingNode, Map<string, Float64Tensor>, void> {
  const shapes = inferTrainingShapes(training);
  const batch = checkTrainingInputs(training, inputs);
  const values = new Map<string, Float64Tensor>();
  for (const { name } of training.inputs) {
    const { shape, data } = inputs[name]!;
    values.set(name, { shape, data: Float64Array.from(data) });
  }
  for (const node of training.nodes) {
    yield node;
    const operands = node.inputs.map((name) => values.get(name)!.data);
    values.set(node.name, evaluateTrainingNode(shapes, node, weights, operands, batch).value);
  }
  return values;
}

/**
 * Runs one node of a training graph on given operands.
 * Errors: `invalid-weights` when a parameter is missing, `invalid-input` when an operand has the wrong length.
 */
export function evaluateTrainingNode(
  shapes: TrainingShapes,
  node: TrainingNode,
  weights: FloatWeights,
  operands: readonly Float64Array[],
  batch: number,
): Evaluation {
  const op = trainingOpOf(node);
  const args = argsOf(shapes, node, weights, operands, batch);
  const value = { shape: withBatch(shapes, node.name, batch), data: op.forward(node, args) };
  const { accumulation } = op;
  if (accumulation === undefined) return { value };
  return { value, terms: accumulation.terms(node, args), magnitude: () => accumulation.magnitude(node, args) };
}

/** The shape of a value in a run: with its batch dimension, where it has one. */
export function withBatch({ values, overBatch }: TrainingShapes, name: string, batch: number): Shape {
  const shape = values.get(name)!;
  return overBatch.has(name) ? shape : [batch, ...shape];
}

function argsOf(
  shapes: TrainingShapes,
  node: TrainingNode,
  weights: FloatWeights,
  operands: readonly Float64Array[],
  batch: number,
): ForwardArgs {
  const inputs = node.inputs.map((name, index) => {
    const data = operands[index];
    const expected = sizeOf(withBatch(shapes, name, batch));
    if (data?.length !== expected) {
      throw new AlexNetError({
        code: 'invalid-input',
        message: `The operand ${name} holds ${data?.length ?? 0} values, not ${expected}`,
        where: `node ${node.name}`,
      });
    }
    return { shape: shapes.values.get(name)!, data };
  });
  return {
    batch,
    inputs,
    output: shapes.values.get(node.name)!,
    parameter(name) {
      const found = weights.get(name);
      if (found !== undefined) return found;
      throw new AlexNetError({
        code: 'invalid-weights',
        message: `The parameter ${name} is missing`,
        where: `node ${node.name}`,
      });
    },
  };
}
