import type { Backend, Capabilities, OpName, Weights } from '@alexnet/core';
import { diagnoseGradient } from '../diagnosis/gradients/diagnose.ts';
import type { Verdict } from '../numerics/compare.ts';
import { numberOf } from '../report/report.ts';
import type { CheckDefinition } from '../run/check.ts';
import type { GradientCase } from './case.ts';
import { gradientCases } from './index.ts';
import { type JudgedValue, judgeValues, nameOfValue, type TrainingRun, valuesFrom } from './judge.ts';

/** One check per layer: all values of its training graph, each against the oracle on what it was computed from. */
export const gradientChecks: readonly CheckDefinition[] = gradientCases.map((each) => ({
  id: each.id,
  suite: 'gradient',
  ...(each.op === undefined ? {} : { op: each.op }),
  name: each.name,
  why: each.why,
  notDeclared: (capabilities) => trainingNotDeclared(capabilities, each.training.network.nodes),
  run: (backend, signal) => judgeGradients(each, backend, signal),
}));

/** Why a backend need not train a network. */
export function trainingNotDeclared(
  { training, ops }: Capabilities,
  nodes: readonly { readonly op: OpName }[] = [],
): string | undefined {
  if (training !== true) return 'The backend does not declare training';
  const missing = nodes.find(({ op }) => !ops.includes(op));
  return missing === undefined ? undefined : `The backend does not declare the op ${missing.op}`;
}

/** Runs a case on a backend and the oracle. */
export async function judgeGradients(
  { training, data, tensors }: Pick<GradientCase, 'training' | 'data' | 'tensors'>,
  backend: Backend,
  signal: AbortSignal,
): Promise<Verdict> {
  const run: TrainingRun = { training, ...tensors(), data: data.kind };
  const got = await valuesFrom(backend, run, signal);
  return verdictOf([...judgeValues(run, got, backend.capabilities)], run.weights);
}

/** All values pass, or the first wrong one says what is wrong; the worst element is that of all, or of the first wrong value. */
export function verdictOf(values: readonly JudgedValue[], weights: Weights): Verdict {
  const elements = values.reduce((sum, { verdict }) => sum + (verdict.elements ?? 0), 0);
  const wrong = values.filter(({ verdict }) => !verdict.passed);
  const [first, ...others] = wrong;
  if (first === undefined) {
    const ratioOf = ({ verdict }: JudgedValue) => numberOf(verdict.maxRatio ?? 0);
    const { verdict } = values.reduce((a, b) => (ratioOf(b) > ratioOf(a) ? b : a));
    return { ...verdict, elements };
  }
  const { verdict, node } = first;
  const also =
    others.length === 0
      ? ''
      : `; so ${others.length === 1 ? 'is' : 'are'} ${others.map((each) => nameOfValue(each.node)).join(', ')}`;
  const diagnosis = diagnoseGradient(first, weights);
  const reason = `${nameOfValue(node)} is wrong: ${verdict.reason}${also}`;
  return { ...verdict, elements, reason, ...(diagnosis === undefined ? {} : { diagnosis }) };
}
