import {
  type Backend,
  type Calibration,
  evaluateInt8,
  evaluateNode,
  type Graph,
  inferShapes,
  int8Layer,
  int8Network,
  movesOnly,
  multiplies,
  type Node,
  type NodeOf,
  onlyReader,
  type Quantisation,
  quantisationsOf,
  quantisedPlaces,
  type Tensor,
  type TensorMap,
  type Weights,
} from '@alexnet/core';
import { compare, type Verdict } from '../numerics/compare.ts';
import { type Allowed, allowedErrors, ulp } from '../numerics/tolerance.ts';

/*
 * How wrong a correct int8 program may be. Every value is judged on what the program itself read to compute it, so that one bad layer is not
 * blamed on the next: all values are asked for, and the oracle computes each from the program's own.
 *
 * - A quantised value: one step. The program and the oracle round nearly the same number: sums of whole numbers are exact in both, and
 *   scaling them takes the program a few float32 roundings. Close to a tie the two may go to either side, never further.
 *   That happens to few: a number of up to 255 steps, off by at most 8 u = 2^-21 of itself, is within 1.3e-4 of a tie for fewer than 1 in
 *   3000 elements; after a local response normalisation in float32, whose own budget is some 40 u, for 1 in 700. More than RARE is a rounding
 *   that is done differently, or a bias that is a little off.
 * - What only moves values: nothing.
 * - Values that stay float32: the budget of their op, as in any program. A layer's is that of its dequantised weights.
 */

const RARE = 1 / 500;

export interface Int8Subject {
  readonly backend: Backend;
  readonly graph: Graph;
  readonly weights: Weights;
  readonly calibration: Calibration;
  readonly inputs: TensorMap;
  readonly signal?: AbortSignal;
}

/**
 * The nodes of a network whose values are judged, of the graph with batch norm folded: layers that end in their ReLU are judged there.
 * Errors: `invalid-graph`, `invalid-weights`.
 */
export function nodesJudgedInInt8({ graph, weights }: Pick<Int8Subject, 'graph' | 'weights'>): readonly Node[] {
  const { graph: folded } = int8Network(graph, weights);
  const places = quantisedPlaces(folded);
  return folded.nodes.filter((node) => {
    const relu = multiplies(node) ? onlyReader(folded, node.name, 'relu') : undefined;
    return relu === undefined || !places.has(relu.name);
  });
}

/** Runs a network in `int8` and judges each of its values, in order (`nodesJudgedInInt8`). Errors: those of the backend. */
export async function judgeInt8({
  backend,
  graph,
  weights,
  calibration,
  inputs,
  signal,
}: Int8Subject): Promise<readonly (Verdict & { readonly value: string })[]> {
  const network = int8Network(graph, weights);
  const held = quantisationsOf(network.graph, calibration);
  const places = quantisedPlaces(network.graph);
  const nodes = nodesJudgedInInt8({ graph, weights });
  const asked = signal === undefined ? {} : { signal };
  const outputs = nodes.map(({ name }) => name);
  await using program = await backend.compile(graph, weights, { precision: 'int8', calibration, outputs, ...asked });
  const got = await program.run(inputs, asked);
  const want = evaluateInt8(graph, weights, inputs, calibration, { outputs, given: got });
  const shapes = inferShapes(network.graph);
  return nodes.map((node) => {
    const { name } = node;
    const expected = want.get(name)!;
    const quantisation = held.get(name);
    const [input] = node.inputs;
    if (quantisation === undefined) {
      return {
        value: name,
        ...compare(got[name], expected, floatBudget(node, held.get(input), got[input] ?? inputs[input]!)),
      };
    }
    if (!places.has(name) && movesOnly(node, shapes)) return { value: name, ...compare(got[name], expected, 'equal') };
    const allowed = Float32Array.from(expected.data, (value) => quantisation.scale + 2 * ulp(value));
    const verdict = compare(got[name], expected, allowed);
    return { value: name, ...(verdict.passed ? rarely(verdict, got[name]!, expected.data, quantisation) : verdict) };
  });

  function floatBudget(node: Node, quantisation: Quantisation | undefined, read: Tensor): Allowed {
    const operand = Float64Array.from(read.data);
    const meant =
      quantisation !== undefined && isLayer(node)
        ? dequantised(node, network.weights, quantisation.scale)
        : network.weights;
    const evaluation = evaluateNode(shapes, node, meant, [operand], read.shape[0]!);
    return allowedErrors({ node, operand, evaluation, data: 'random' });
  }
}

/** Fails where more values differ than ties explain. */
function rarely(verdict: Verdict, { data }: Tensor, want: Float64Array, { scale }: Quantisation): Verdict {
  const differing = want.reduce((count, value, i) => count + (Math.abs(data[i]! - value) > scale / 2 ? 1 : 0), 0);
  if (differing <= 1 + want.length * RARE) return verdict;
  const reason = `${differing} of ${want.length} values are a step away from the oracle's: they are rounded otherwise`;
  return { ...verdict, passed: false, reason };
}

function isLayer(node: Node): node is NodeOf<'conv2d' | 'linear'> {
  return multiplies(node);
}

/** The float32 weights and bias that the whole numbers of a layer stand for. */
function dequantised(node: NodeOf<'conv2d' | 'linear'>, weights: Weights, inputScale: number): Weights {
  const { weight, scales, bias } = int8Layer(node, weights, inputScale);
  const { shape } = weights.get(node.weight)!;
  const row = weight.length / scales.length;
  const meant = new Map<string, Tensor>([
    [node.weight, { shape, data: Float32Array.from(weight, (q, i) => q * scales[Math.floor(i / row)]!) }],
  ]);
  if (node.bias !== undefined) {
    meant.set(node.bias, {
      shape: [bias.length],
      data: Float32Array.from(bias, (q, o) => q * scales[o]! * inputScale),
    });
  }
  return meant;
}
