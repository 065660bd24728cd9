import {
  type Backend,
  type Capabilities,
  evaluateNode,
  inferShapes,
  type OpName,
  weightsAsStored,
} from '@alexnet/core';
import type { CheckDefinition } from '../check.ts';
import { compare, type Verdict } from '../compare.ts';
import { compileOptions, precisionFact, precisionNotDeclared } from '../precision.ts';
import { allowedErrors } from '../tolerance.ts';
import type { OpCase } from './case.ts';
import { opCases } from './index.ts';

/** One check per op case: the backend against the float64 oracle. */
export const opChecks: readonly CheckDefinition[] = opCases.map((opCase) => ({
  id: opCase.id,
  suite: 'op',
  op: opCase.op,
  ...precisionFact(opCase.precision),
  name: opCase.name,
  why: opCase.why,
  notDeclared: (capabilities) =>
    opNotDeclared(opCase.op, capabilities) ??
    precisionNotDeclared(opCase.precision, capabilities) ??
    (opCase.data.nonFinite && !capabilities.strictNonFinite
      ? 'The backend does not declare strictNonFinite: NaN and infinities may be lost'
      : undefined),
  run: (backend, signal) => judgeCase(opCase, backend, signal),
}));

export function opNotDeclared(op: OpName, { ops }: Capabilities): string | undefined {
  return ops.includes(op) ? undefined : `The backend does not declare the op ${op}`;
}

/** Runs a case on a backend and the oracle, which computes with what the stored weights mean. */
export async function judgeCase(
  { graph, tensors, data, precision }: OpCase,
  backend: Backend,
  signal: AbortSignal,
): Promise<Verdict> {
  const { input, weights } = tensors();
  const node = graph.nodes[0]!;
  const operand = Float64Array.from(input.data);
  const meant = weightsAsStored(graph, weights, precision);
  const evaluation = evaluateNode(inferShapes(graph), node, meant, [operand], input.shape[0]!);
  const program = await backend.compile(graph, weights, compileOptions(precision, { signal }));
  try {
    const outputs = await program.run({ x: input }, { signal });
    const allowed = allowedErrors({ node, operand, evaluation, data: data.kind });
    const { shape, data: value } = evaluation.value;
    // ReLU makes no error larger
    const want = graph.nodes.length === 1 ? value : value.map((y) => (y < 0 ? 0 : y));
    return compare(outputs[graph.outputs[0]!], { shape, data: want }, allowed);
  } finally {
    await program[Symbol.asyncDispose]();
  }
}
