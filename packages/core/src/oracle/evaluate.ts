import { checkInputs, checkOutputs } from '../backend/inputs.ts';
import { AlexNetError } from '../error.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { inferShapes, type Shapes } from '../graph/infer.ts';
import { opOf } from '../ops/index.ts';
import type { Floats, ForwardArgs } from '../ops/op.ts';
import { type Shape, sizeOf, type TensorMap, type Weights } from '../tensor.ts';
import { checkWeights } from '../weights/check.ts';

/** What the oracle computes: like `Tensor`, in float64. `shape` includes the batch. */
export interface Float64Tensor {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export interface EvaluateOptions {
  /** Values to return; any names in the graph. Default: `graph.outputs`. */
  readonly outputs?: readonly string[];
  /** Round every value to float32 before the next node reads it, as an engine that stores float32 does. Default false. */
  readonly roundValues?: boolean;
}

/**
 * The oracle: runs a graph in float64, one op after the other, without any reordering or fusion.
 * A value is let go once its last reader has run. Blocks until done; `evaluateSteps` does not.
 * Errors: `invalid-graph`, `invalid-weights`, `invalid-input`, `unknown-name`.
 */
export function evaluate(
  graph: Graph,
  weights: Weights,
  inputs: TensorMap,
  options: EvaluateOptions = {},
): Map<string, Float64Tensor> {
  const steps = evaluateSteps(graph, weights, inputs, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The oracle as a generator that yields before each node, for callers that show progress, cancel, or let others run. */
export function* evaluateSteps(
  graph: Graph,
  weights: Weights,
  inputs: TensorMap,
  { outputs, roundValues = false }: EvaluateOptions = {},
): Generator<Node, Map<string, Float64Tensor>, void> {
  const shapes = inferShapes(graph);
  checkWeights(graph, weights);
  const batch = checkInputs(graph, inputs);
  const wanted = checkOutputs(graph, outputs);
  const lastReader = new Map(graph.nodes.flatMap((node) => node.inputs.map((name) => [name, node.name] as const)));

  const values = new Map<string, Float64Tensor>();
  for (const { name } of graph.inputs) {
    const { shape, data } = inputs[name]!;
    values.set(name, { shape, data: Float64Array.from(data) });
  }
  for (const node of graph.nodes) {
    yield node;
    const operands = node.inputs.map((name) => values.get(name)!.data);
    const { value } = evaluateNode(shapes, node, weights, operands, batch);
    if (roundValues) roundToFloat32(value.data);
    values.set(node.name, value);
    for (const name of node.inputs) {
      if (lastReader.get(name) === node.name && !wanted.includes(name)) values.delete(name);
    }
  }
  return new Map(wanted.map((name) => [name, values.get(name)!]));
}

/** One node's value, and for ops that add up products what an error budget needs. */
export interface Evaluation {
  readonly value: Float64Tensor;
  /** K: how many terms are added for one element; undefined for ops that add nothing up. */
  readonly terms?: number;
  /** Per element, the sum of the absolute values of all that is added: sum |a*b|. Computed on demand: it costs a second forward. */
  magnitude?(): Float64Array;
}

/**
 * Runs one node of a graph on given operands: `batch` times the per-sample shapes that `inferShapes` found.
 * Errors: `invalid-weights` when a parameter is missing, `invalid-input` when an operand has the wrong length.
 */
export function evaluateNode(
  shapes: Shapes,
  node: Node,
  weights: Weights,
  operands: readonly Float64Array[],
  batch: number,
): Evaluation {
  const op = opOf(node);
  const args = forwardArgs(shapes, node, weights, operands, batch);
  const value = { shape: [batch, ...args.output], data: op.forward(node, args) };
  const { accumulation } = op;
  if (accumulation === undefined) return { value };
  return { value, terms: accumulation.terms(node, args), magnitude: () => accumulation.magnitude(node, args) };
}

function forwardArgs(
  shapes: Shapes,
  node: Node,
  weights: Weights,
  operands: readonly Float64Array[],
  batch: number,
): ForwardArgs {
  const inputs = node.inputs.map((name, index) => {
    const shape = shapes.values.get(name)!;
    const data = operands[index];
    if (data?.length !== batch * sizeOf(shape)) {
      throw new AlexNetError({
        code: 'invalid-input',
        message: `The operand ${name} holds ${data?.length ?? 0} values, not ${batch} x ${shape.join('x')}`,
        where: `node ${node.name}`,
      });
    }
    return { shape, data };
  });
  const parameter = (name: string): { shape: Shape; data: Floats } => {
    const tensor = weights.get(name);
    if (tensor !== undefined) return tensor;
    throw new AlexNetError({
      code: 'invalid-weights',
      message: `The parameter ${name} is missing`,
      where: `node ${node.name}`,
    });
  };
  return { batch, inputs, output: shapes.values.get(node.name)!, parameter };
}

/** Rounds in place to the nearest float32: what is left of a float64 value after it was stored as float32. */
export function roundToFloat32(data: Float64Array): void {
  for (let i = 0; i < data.length; i++) data[i] = Math.fround(data[i]!);
}
