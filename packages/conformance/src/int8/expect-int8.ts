import {
  type Calibration,
  evaluateInt8,
  evaluateNode,
  type Graph,
  inferShapes,
  int8Network,
  multiplies,
  type Node,
  type Quantisation,
  quantisationsOf,
  quantisedPlaces,
  type TensorMap,
  type Weights,
} from '@alexnet/core';
import type { ExpectedLayer, ExpectedLayers } from '../networks/expected.ts';
import { noiseOf, norm } from '../networks/noise.ts';
import { allowedErrors } from '../numerics/tolerance.ts';
import { nodesJudgedInInt8 } from './judge-int8.ts';

/**
 * What the oracle of int8 computes of a network from end to end, and the noise that each value adds on the way. Two correct programs that
 * differ in one value that is near a tie differ a little in all values of the next layer, take the other side of a tie in some of them, and so
 * on: a few layers later they round as if they had nothing to do with each other. The difference of two such roundings has the variance
 * 2 step^2 / 12, so that in the 2-norm each quantised value y of n elements adds at most
 *
 *     noise = step sqrt(n / 6) / ||y||
 *
 * Roundings of different values are independent, so these add up by their squares. What float32 adds is some thousand times less. From there on
 * the bounds are made as for float32 networks (`noise.ts`). Errors: those of `evaluateInt8`.
 */
export function expectInt8(
  { graph, weights, calibration }: { graph: Graph; weights: Weights; calibration: Calibration },
  inputs: TensorMap,
): ExpectedLayers {
  const network = int8Network(graph, weights);
  const nodes = nodesJudgedInInt8({ graph, weights });
  const values = evaluateInt8(graph, weights, inputs, calibration, { outputs: nodes.map(({ name }) => name) });
  const held = quantisationsOf(network.graph, calibration);
  const places = quantisedPlaces(network.graph);
  const shapes = inferShapes(network.graph);
  const given = Object.entries(inputs).map(([name, { shape, data }]) => ({
    name,
    value: { shape, data: Float64Array.from(data) },
  }));
  for (const { name, value } of given) values.set(name, value);
  const added = new Map([...places].map((name) => [name, ofRounding(values.get(name)!.data, held.get(name)!)]));
  const total = norm([...added.values()]);
  const quantised = (name: string): ExpectedLayer => {
    const want = values.get(name)!;
    const own = added.get(name) ?? 0; // others only move what is quantised
    const noise = own === 0 ? 0 : own ** 2 / total; // shares of the sum of squares' root, which `boundsOf` adds up
    return { want, allowed: new Float32Array(want.data.length), noise };
  };
  const float = (node: Node): ExpectedLayer => {
    const want = values.get(node.name)!;
    // What multiplied whole numbers did so without rounding; its few roundings at the end are lost in the noise of what it read.
    if (multiplies(node)) return { want, allowed: new Float32Array(want.data.length), noise: 0 };
    const read = values.get(node.inputs[0])!;
    const evaluation = evaluateNode(shapes, node, network.weights, [read.data], read.shape[0]!);
    const allowed = allowedErrors({ node, operand: read.data, evaluation, data: 'random' });
    return { want, allowed, noise: noiseOf(node.op, evaluation, allowed) };
  };
  return new Map([
    ...given.filter(({ name }) => held.has(name)).map(({ name }) => [name, quantised(name)] as const),
    ...nodes.map((node) => [node.name, held.has(node.name) ? quantised(node.name) : float(node)] as const),
  ]);
}

function ofRounding(data: Float64Array, { scale }: Quantisation): number {
  const relative = (Math.sqrt(data.length / 6) * scale) / norm(data);
  return Number.isFinite(relative) ? relative : 0; // a layer of zeros has nothing to be wrong by
}
