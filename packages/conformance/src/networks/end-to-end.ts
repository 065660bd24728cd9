import { AlexNetError, type Float64Tensor, type Graph, type Tensor, type TensorMap } from '@alexnet/core';
import type { Verdict } from '../numerics/compare.ts';
import { compare } from '../numerics/compare.ts';
import { type EndToEnd, jsonNumber } from '../report/report.ts';
import type { ExpectedLayer } from './expected.ts';
import { norm, SLACK } from './noise.ts';
import { byProbability, scoresOf } from './ranking.ts';

/** The two values at the end of a classifier: what softmax reads, and what it makes of it. Errors: `invalid-graph`. */
export function endOf(graph: Graph): { readonly logits: string; readonly probabilities: string } {
  const last = graph.nodes.find(({ name }) => name === graph.outputs[0]);
  if (last?.op === 'softmax') return { logits: last.inputs[0], probabilities: last.name };
  throw new AlexNetError({
    code: 'invalid-graph',
    message: `The first output of graph ${graph.name} is no softmax, so its classes cannot be compared`,
    where: 'outputs',
  });
}

/** The bounds of a network on one image, all derived from the noise of its layers. */
interface Bounds {
  /** Of `||got - want|| / ||want||` of the logits. */
  readonly logits: number;
  /** Of the difference of one logit. */
  readonly logit: number;
  readonly probability: number;
}

/** Judges the end of a network that ran as a whole: logits, probabilities, and the order of the classes. */
export function judgeEndToEnd(
  facts: Pick<EndToEnd, 'id' | 'variant' | 'image' | 'precision'>,
  graph: Graph,
  expected: ReadonlyMap<string, ExpectedLayer>,
  outputs: TensorMap,
): Verdict & { readonly endToEnd?: EndToEnd } {
  const end = endOf(graph);
  const [wantLogits, wantProbabilities] = [expected.get(end.logits)!.want, expected.get(end.probabilities)!.want];
  const [logits, probabilities] = [outputs[end.logits], outputs[end.probabilities]];
  if (logits === undefined || probabilities === undefined) return { passed: false, reason: 'An output is missing' };
  const malformed = [
    compare(logits, wantLogits, anything(wantLogits)),
    compare(probabilities, wantProbabilities, anything(wantProbabilities)),
  ].find(({ passed }) => !passed);
  if (malformed !== undefined) return malformed;

  const bounds = boundsOf(end, expected);
  const scores = scoresOf(wantLogits);
  const want = byProbability(wantProbabilities, scores).slice(0, 5);
  const got = byProbability(probabilities, scoresOf(logits)).slice(0, 5);
  // Between two classes of one image the error of two logits counts; crops that are averaged also shift against each other.
  const tie = (wantLogits.shape[0] === 1 ? 2 : 4) * bounds.logit;
  const agrees = (rank: number) => scores[got[rank]!]! >= scores[want[rank]!]! - tie;
  const endToEnd: EndToEnd = {
    ...facts,
    top1: { want: want[0]!, got: got[0]!, agrees: agrees(0) },
    top5: { want, got, agrees: want.every((_, rank) => agrees(rank)) },
    probability: {
      value: jsonNumber(largestDifference(probabilities, wantProbabilities)),
      allowed: bounds.probability,
    },
    logits: { value: jsonNumber(relativeError(logits, wantLogits)), allowed: bounds.logits },
  };
  const reasons = explain(endToEnd);
  return { passed: reasons.length === 0, ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }), endToEnd };
}

function boundsOf(
  { logits, probabilities }: ReturnType<typeof endOf>,
  expected: ReadonlyMap<string, ExpectedLayer>,
): Bounds {
  let noise = 0;
  for (const [name, layer] of expected) {
    noise += layer.noise;
    if (name === logits) break;
  }
  const relative = SLACK * noise;
  const z = expected.get(logits)!.want;
  const classes = z.shape[1]!;
  // Errors of 1000 logits that are like Gaussian ones stay below 5 times their root mean square; of n, below sqrt(n) times whatever they are.
  const logit = (Math.min(5, Math.sqrt(classes)) * relative * norm(z.data)) / Math.sqrt(z.data.length);
  const { want, allowed } = expected.get(probabilities)!;
  const ofSoftmax = Math.max(...(allowed as Float32Array));
  return { logits: relative, logit, probability: ofSoftmax + Math.max(...want.data.map((p) => shift(p, 2 * logit))) };
}

/** By how much a probability can change when its log-odds change by `by`, which is at most twice the error of one logit. */
function shift(p: number, by: number): number {
  const odds = p * Math.exp(by);
  const up = odds / (1 - p + odds) - p;
  const down = p - p / (p + (1 - p) * Math.exp(by));
  return Math.max(up, down, 0);
}

/** Allows every finite value: what is left to fail is the shape, and values that are not finite. */
function anything({ data }: Float64Tensor): Float32Array {
  return new Float32Array(data.length).fill(Number.POSITIVE_INFINITY);
}

function relativeError(got: Tensor, want: Float64Tensor): number {
  return norm(want.data.map((w, i) => got.data[i]! - w)) / norm(want.data);
}

function largestDifference(got: Tensor, want: Float64Tensor): number {
  return want.data.reduce((most, w, i) => Math.max(most, Math.abs(got.data[i]! - w)), 0);
}

function explain({ top1, top5, probability, logits }: EndToEnd): string[] {
  const reasons: string[] = [];
  if (!top1.agrees) reasons.push(`The most probable class is ${top1.got} and should be ${top1.want}`);
  if (!top5.agrees)
    reasons.push(`The five most probable classes are ${top5.got.join(' ')} and should be ${top5.want.join(' ')}`);
  if (!(Number(logits.value) <= logits.allowed))
    reasons.push(`The logits are off by ${logits.value} of their norm where ${logits.allowed} is allowed`);
  if (!(Number(probability.value) <= probability.allowed))
    reasons.push(`A probability is off by ${probability.value} where ${probability.allowed} is allowed`);
  return reasons;
}
