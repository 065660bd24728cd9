import { evaluateNode, inferShapes, type OpName, throwIfAborted } from '@alexnet/core';
import { compare, type Verdict } from '../numerics/compare.ts';
import { type Allowed, allowedErrors } from '../numerics/tolerance.ts';
import { allowedBy } from '../numerics/tolerance-winograd.ts';
import type { OpCase } from '../ops/case.ts';
import { numberOf } from '../report/report.ts';
import type { Call } from './altered-backend.ts';
import { type CorrectKernel, correctKernels } from './kernels/index.ts';
import { opCaseOfSoundness, type SoundnessCase, soundnessCases } from './soundness-cases.ts';

export interface SoundnessOptions {
  /** Random cases in all; each is judged with all kernels of its op. Default 10,000. */
  readonly cases?: number;
  /** Default 2012. The same seed gives the same cases everywhere. */
  readonly seed?: number;
  /** Default: all correct kernels that there are. */
  readonly kernels?: readonly CorrectKernel[];
  readonly signal?: AbortSignal;
  onProgress?(progress: { readonly done: number; readonly total: number }): void;
}

/** How close a kernel came to failing. */
export interface Margin {
  readonly kernel: string;
  readonly op: OpName;
  /** The largest error, as a share of what is allowed. */
  readonly ratio: number;
  /** The case as JSON. */
  readonly case: string;
}

export interface FalseFailure {
  readonly kernel: string;
  readonly op: OpName;
  readonly case: string;
  readonly reason: string;
}

export interface SoundnessReport {
  readonly cases: number;
  /** Cases times kernels. */
  readonly judgements: number;
  readonly falseFailures: number;
  /** Per kernel and op, the tightest first. */
  readonly tightest: readonly Margin[];
  /** At most 100 of them. */
  readonly failures: readonly FalseFailure[];
}

/** Cases between two turns of the event loop. */
const TURN = 50;
const MOST_FAILURES = 100;

/**
 * Judges correct float32 kernels on random cases, by the suite's own rules: none may fail. The oracle runs once per case.
 * Errors: `aborted`.
 */
export async function runSoundness(options: SoundnessOptions = {}): Promise<SoundnessReport> {
  const { cases = 10_000, seed = 2012, kernels = correctKernels, signal, onProgress } = options;
  const tightest = new Map<string, Margin>();
  const failures: FalseFailure[] = [];
  let falseFailures = 0;
  let judgements = 0;
  for (const [done, drawn] of soundnessCases(cases, seed).entries()) {
    if (done % TURN === 0) {
      onProgress?.({ done, total: cases });
      await new Promise((resolve) => setTimeout(resolve));
      throwIfAborted(signal, 'soundness');
    }
    for (const [{ name: kernel, op }, verdict] of judgeKernels(opCaseOfSoundness(drawn), kernels)) {
      judgements++;
      const ratio = numberOf(verdict.maxRatio ?? Number.POSITIVE_INFINITY);
      const key = `${op}/${kernel}`;
      if (!(ratio <= (tightest.get(key)?.ratio ?? -1))) tightest.set(key, { kernel, op, ratio, case: textOf(drawn) });
      if (verdict.passed) continue;
      falseFailures++;
      if (failures.length < MOST_FAILURES)
        failures.push({ kernel, op, case: textOf(drawn), reason: verdict.reason ?? 'wrong' });
    }
  }
  onProgress?.({ done: cases, total: cases });
  const margins = [...tightest.values()].toSorted((a, b) => b.ratio - a.ratio);
  return { cases, judgements, falseFailures, tightest: margins, failures };
}

/** What the suite says of each kernel that computes the case's op; not of those that leave this node to the oracle. */
export function* judgeKernels(
  { op, graph, tensors, data }: OpCase,
  kernels: readonly CorrectKernel[],
): Generator<readonly [CorrectKernel, Verdict]> {
  const { input, weights } = tensors();
  const node = graph.nodes[0]!;
  const operand = Float64Array.from(input.data);
  const shapes = inferShapes(graph);
  const evaluation = evaluateNode(shapes, node, weights, [operand], input.shape[0]!);
  const call: Call = {
    node,
    input: { shape: input.shape.slice(1), data: operand },
    output: shapes.values.get(node.name)!,
    batch: input.shape[0]!,
    weights,
    evaluate: () => ({ shape: evaluation.value.shape, data: Float32Array.from(evaluation.value.data) }),
  };
  const ordinary = allowedErrors({ node, operand, evaluation, data: data.kind });
  const budgets = new Map<string, Allowed>();
  for (const kernel of kernels) {
    const got = kernel.op === op ? kernel.alteration.node?.(call) : undefined;
    if (got === undefined) continue;
    const { algorithms = [] } = kernel.alteration.capabilities ?? {};
    const judged = { node, input: () => input, weights, want: evaluation.value, data: data.kind };
    const allowed = budgets.get(algorithms.join()) ?? allowedBy({ algorithms }, ordinary, judged);
    budgets.set(algorithms.join(), allowed);
    yield [kernel, compare(got, evaluation.value, allowed)];
  }
}

function textOf({ random, data, number, seed }: SoundnessCase): string {
  return JSON.stringify({ ...random, data, number, seed });
}
