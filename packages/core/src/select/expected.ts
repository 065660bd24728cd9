import type { Precision } from '../backend/backend.ts';
import { throwIfAborted } from '../error.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { inferShapes } from '../graph/infer.ts';
import { type Evaluation, evaluateNode, type Float64Tensor } from '../oracle/evaluate.ts';
import { sameShape, type Tensor, type TensorMap } from '../tensor.ts';
import { weightsAsStored } from '../weights/stored/as-stored.ts';
import type { CheckedLayer, Correctness } from './choice.ts';
import type { Workload } from './workload.ts';

/*
 * How far a correct float32 backend may be from the oracle, value by value, from the network's input on: ||got - want|| / ||want||.
 *
 * A sum of products that is added up in float32 is off by u sum|a*b| at most in any order that engines use (a root mean square of 0.4 u
 * for one accumulator, less for others; packages/conformance/src/networks/noise.ts). So one layer adds u ||sum|a*b||| / ||y||,
 * and what it reads is off by passes on: ReLU, pooling and LRN amplify no relative errors, and a random linear map scales errors and values
 * alike. The errors of all layers are added up as if they pointed the same way, and SLACK times that is allowed.
 *
 * Softmax turns an error of d in its logits into a factor of up to exp(2 d) of its probabilities.
 *
 * This is a gate, sound for networks with generated weights; conformance judges layer by layer, by tighter budgets.
 */

/** Measured on the narrow network: docs/decisions/014-choosing-a-backend.md. */
const SLACK = 8;
/** Half the spacing of float32 numbers at 1. */
const U = 2 ** -24;
/** What powers, exponentials, roots and divisions add, in u: as inexact as WGSL lets them be. */
const FUNCTIONS = 16;

/** What the oracle says of one value. */
interface ExpectedLayer {
  readonly want: Float64Tensor;
  readonly allowed: number;
}

/** A value that later nodes read. */
interface Known {
  readonly data: Float64Array;
  readonly allowed: number;
}

/** A workload and what its values must be. */
export interface Expected {
  readonly workload: Workload;
  readonly layers: ReadonlyMap<string, ExpectedLayer>;
}

/** The values that a backend can return without computing otherwise: no engine fuses anything into what comes after them. */
export function stagesOf({ nodes }: Graph): string[] {
  return nodes.filter(({ name }, i) => isStage(nodes[i]!) && !isFused(nodes, name)).map(({ name }) => name);
}

/** The outputs of a graph, and what a softmax among them reads: probabilities alone hide what their exponentials saturate. */
export function endsOf({ nodes, outputs }: Graph): string[] {
  const read = nodes.flatMap((node) => (node.op === 'softmax' && outputs.includes(node.name) ? node.inputs : []));
  return [...new Set([...read, ...outputs])];
}

function isStage({ op }: Node): boolean {
  return op !== 'flatten' && op !== 'dropout';
}

function isFused(nodes: readonly Node[], name: string): boolean {
  return nodes.some((node) => node.op === 'relu' && node.inputs[0] === name);
}

/** Runs the oracle, with a turn of the event loop before each layer. Errors: `aborted`, and those of the oracle. */
export async function expectValues(
  workload: Workload,
  names: readonly string[],
  { precision, signal }: { readonly precision: Precision; readonly signal?: AbortSignal | undefined },
): Promise<Expected> {
  const { graph, input } = workload;
  const weights = precision === 'f32' ? workload.weights : weightsAsStored(graph, workload.weights, precision);
  const shapes = inferShapes(graph);
  const batch = input.shape[0]!;
  const given: Known = { data: Float64Array.from(input.data), allowed: 0 };
  const values = new Map([[graph.inputs[0]!.name, given]]);
  const layers = new Map<string, ExpectedLayer>();
  for (const node of graph.nodes) {
    await new Promise((resolve) => setTimeout(resolve));
    throwIfAborted(signal, `oracle, node ${node.name}`);
    const read = node.inputs.map((name) => values.get(name)!);
    const evaluation = evaluateNode(
      shapes,
      node,
      weights,
      read.map(({ data }) => data),
      batch,
    );
    const allowed = passedOn(node, read) + SLACK * U * addedBy(node, evaluation);
    values.set(node.name, { data: evaluation.value.data, allowed });
    if (names.includes(node.name)) layers.set(node.name, { want: evaluation.value, allowed });
  }
  return { workload, layers };
}

/** The relative error that a node has from what it reads. */
function passedOn(node: Node, read: readonly Known[]): number {
  const most = read.reduce((a, { allowed }) => Math.max(a, allowed), 0);
  if (node.op !== 'softmax') return most;
  return Math.expm1(2 * most * read.reduce((a, { data }) => Math.max(a, norm(data)), 0));
}

/** The relative error that a node adds, in u. */
function addedBy({ op }: Node, { value, magnitude }: Evaluation): number {
  if (magnitude === undefined) return op === 'lrn' || op === 'softmax' ? FUNCTIONS : 0;
  const size = norm(value.data);
  return size === 0 ? 0 : ((op === 'batchNorm' ? FUNCTIONS : 1) * norm(magnitude())) / size;
}

/** Compares what a backend gave with what is expected. */
export function judge({ workload, layers }: Expected, got: TensorMap): Correctness {
  const checked = [...layers].map(
    ([name, { want, allowed }]): CheckedLayer => ({ name, error: errorOf(got[name], want), allowed }),
  );
  return { network: workload.name, passed: checked.every(isRight), layers: checked };
}

function isRight({ error, allowed }: CheckedLayer): boolean {
  return error !== null && error <= allowed;
}

/** The first wrong layer, in a sentence; undefined where all are right. */
export function wrongIn({ network, layers }: Correctness): string | undefined {
  const wrong = layers.find((layer) => !isRight(layer));
  if (wrong === undefined) return undefined;
  const { name, error, allowed } = wrong;
  return error === null
    ? `${name} of ${network} is missing, of another shape, or holds what is no finite number.`
    : `${name} of ${network} is off by ${error.toExponential(1)} of its size where ${allowed.toExponential(1)} is allowed.`;
}

/** The largest share of what is allowed that any layer takes. */
export function largestShare({ layers }: Correctness): number {
  return layers.reduce((most, { error, allowed }) => Math.max(most, (error ?? Number.POSITIVE_INFINITY) / allowed), 0);
}

function errorOf(got: Tensor | undefined, want: Float64Tensor): number | null {
  if (got?.data.length !== want.data.length || !sameShape(got.shape, want.shape)) return null;
  const size = norm(want.data);
  const error = norm(want.data.map((value, i) => got.data[i]! - value)) / (size === 0 ? 1 : size);
  return Number.isFinite(error) ? error : null;
}

/** Whether two results hold the same bits; the name of the first value that does not. */
export function differing(a: TensorMap, b: TensorMap): string | undefined {
  return Object.keys(a).find((name) => {
    const [one, two] = [a[name]!.data, b[name]?.data];
    return one.length !== two?.length || one.some((value, i) => !Object.is(value, two[i]));
  });
}

/** The 2-norm. */
function norm(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value ** 2;
  return Math.sqrt(sum);
}
