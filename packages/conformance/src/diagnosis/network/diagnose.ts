import {
  evaluateNode,
  type Float64Tensor,
  type Graph,
  inferShapes,
  type Tensor,
  throwIfAborted,
  type Weights,
} from '@alexnet/core';
import { norm } from '../../networks/noise.ts';
import type { Cause, Diagnosis } from '../diagnosis.ts';
import { networkMistakes, type Rewritten } from './mistakes.ts';

export interface NetworkSubject {
  readonly graph: Graph;
  /** What the weights mean. */
  readonly weights: Weights;
  readonly input: Tensor;
  /** The oracle's layers of the network as it is. */
  readonly layers: ReadonlyMap<string, { readonly want: Float64Tensor }>;
  /** The value before softmax, and what the backend gave for it. */
  readonly logits: string;
  readonly got: Tensor;
}

/** A full-size network takes a second or two for each mistake. */
const TIME_MS = 8000;

/** The mistake whose logits are those that the backend gave: at least ten times closer than the right ones. Errors: `aborted`. */
export async function diagnoseNetwork(subject: NetworkSubject, signal?: AbortSignal): Promise<Diagnosis> {
  const { graph, weights, layers, logits, got } = subject;
  const want = layers.get(logits)!.want.data;
  const away = distance(got.data, want);
  const explained: { readonly cause: Cause; readonly left: number }[] = [];
  const started = performance.now();
  let left = 0; // mistakes that there was no time for
  for (const { id, cause, fix, rewrite } of networkMistakes) {
    if (performance.now() - started > TIME_MS) {
      left++;
      continue;
    }
    const rewritten = rewrite(graph, weights);
    if (rewritten === undefined) continue;
    const guess = await logitsOf(rewritten, subject, signal);
    const apart = guess?.length === want.length ? distance(got.data, guess) : Number.POSITIVE_INFINITY;
    if (apart < 1e-3 && apart < away / 10) explained.push({ cause: { id, cause, fix }, left: apart });
  }
  const [best, ...others] = explained.toSorted((a, b) => a.left - b.left).map(({ cause }) => cause);
  if (best !== undefined) return { cause: best, alternatives: others };
  return {
    alternatives: [],
    pattern:
      (left === 0
        ? 'No known mistake of a whole network explains it'
        : `No mistake that there was time for explains it (${left} were not tried)`) +
      '; where every layer passes alone, look at kernels that compute several layers at once',
  };
}

/** Runs the rewritten graph; layers that nothing wrong reaches are those of the oracle. Undefined where the shapes do not fit any more. */
async function logitsOf(
  { graph, weights }: Rewritten,
  subject: NetworkSubject,
  signal: AbortSignal | undefined,
): Promise<Float64Array | undefined> {
  const shapes = shapesOf(graph);
  if (shapes === undefined) return undefined;
  const before = new Map(subject.graph.nodes.map((node) => [node.name, node]));
  const reads = (value: unknown) => typeof value === 'string' && weights.get(value) !== subject.weights.get(value);
  const values = new Map([[graph.inputs[0]!.name, Float64Array.from(subject.input.data)]]);
  const changed = new Set<string>();
  for (const node of graph.nodes) {
    const known = subject.layers.get(node.name)?.want.data;
    const same =
      before.get(node.name) === node &&
      !node.inputs.some((name) => changed.has(name)) &&
      !Object.values(node).some(reads);
    if (!same) changed.add(node.name);
    if (same && known !== undefined) {
      values.set(node.name, Float64Array.from(known, Math.fround));
    } else {
      await new Promise((resolve) => setTimeout(resolve));
      throwIfAborted(signal, 'diagnosis');
      const operands = node.inputs.map((name) => values.get(name)!);
      values.set(
        node.name,
        evaluateNode(shapes, node, weights, operands, subject.input.shape[0]!).value.data.map(Math.fround),
      );
    }
    if (node.name === subject.logits) break;
  }
  return values.get(subject.logits);
}

function shapesOf(graph: Graph) {
  try {
    return inferShapes(graph);
  } catch {
    return undefined; // pooling first may leave another size than the next layer takes
  }
}

/** `||a - b|| / ||b||` */
function distance(a: ArrayLike<number>, b: Float64Array): number {
  return norm(b.map((value, i) => a[i]! - value)) / norm(b);
}
