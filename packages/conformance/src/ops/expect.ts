import {
  type Capabilities,
  evaluateNode,
  type Float64Tensor,
  inferShapes,
  type Tensor,
  type Weights,
  weightsAsStored,
} from '@alexnet/core';
import { type Allowed, allowedErrors } from '../numerics/tolerance.ts';
import { allowedBy } from '../numerics/tolerance-winograd.ts';
import type { OpCase } from './case.ts';

/** A case with what the oracle makes of it. */
export interface ExpectedCase {
  readonly input: Tensor;
  readonly weights: Weights;
  /** What the graph's output should be. */
  readonly want: Float64Tensor;
  /** How far each element may be from it. */
  readonly allowed: Allowed;
}

/** Runs the oracle on a case, with what its stored weights mean. What a backend may be off by depends on the algorithms that it declares. */
export function expectCase(
  { graph, tensors, data, precision }: OpCase,
  capabilities: Pick<Capabilities, 'algorithms'> = {},
): ExpectedCase {
  const { input, weights } = tensors();
  const node = graph.nodes[0]!;
  const operand = Float64Array.from(input.data);
  const meant = weightsAsStored(graph, weights, precision);
  const evaluation = evaluateNode(inferShapes(graph), node, meant, [operand], input.shape[0]!);
  const ordinary = allowedErrors({ node, operand, evaluation, data: data.kind });
  const judged = { node, input: () => input, weights: meant, want: evaluation.value, data: data.kind };
  const allowed = allowedBy(capabilities, ordinary, judged);
  const { shape, data: value } = evaluation.value;
  // ReLU makes no error larger
  const want = graph.nodes.length === 1 ? value : value.map((y) => (y < 0 ? 0 : y));
  return { input, weights, want: { shape, data: want }, allowed };
}
