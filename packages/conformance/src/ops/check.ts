import type { Backend, Capabilities, OpName } from '@alexnet/core';
import { judge } from '../diagnosis/diagnose.ts';
import { subjectOf } from '../diagnosis/node-subject.ts';
import type { Verdict } from '../numerics/compare.ts';
import { compileOptions, precisionFact, precisionNotDeclared } from '../numerics/precision.ts';
import type { CheckDefinition } from '../run/check.ts';
import type { OpCase } from './case.ts';
import { expectCase } from './expect.ts';
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
export async function judgeCase(opCase: OpCase, backend: Backend, signal: AbortSignal): Promise<Verdict> {
  const { graph, precision } = opCase;
  const { input, weights, want, allowed } = expectCase(opCase, backend.capabilities);
  const program = await backend.compile(graph, weights, compileOptions(precision, { signal }));
  try {
    const outputs = await program.run({ [graph.inputs[0]!.name]: input }, { signal });
    const relu = graph.nodes.length > 1;
    const operand = Float64Array.from(input.data);
    const known = { batch: input.shape[0]!, operand, given: weights, precision, relu, want, allowed };
    return await judge(outputs[graph.outputs[0]!], () => subjectOf(graph, graph.nodes[0]!, known), known, signal);
  } finally {
    await program[Symbol.asyncDispose]();
  }
}
